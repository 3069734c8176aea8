#include "harness/curl.h"

#include <sstream>
#include <stdexcept>

#include "harness/process.h"

namespace realpeer::testing {
namespace {

// Written after the body, so that it is the last line whatever the body is.
constexpr const char* kWriteOut = "\n%{http_code} %{local_port} %{local_ip}";

std::vector<std::string> command(const CurlRequest& request) {
  // --disable comes first, or the user's .curlrc is read.
  std::vector<std::string> words = {"/usr/bin/curl", "--disable", "--silent",    "--show-error", "--noproxy", "*",
                                    "--max-time",    "10",        "--write-out", kWriteOut};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--resolve", request.resolve);
  add("--cacert", request.authority);
  add("--interface", request.from);
  if (request.proxy_header) words.emplace_back("--haproxy-protocol");
  words.insert(words.end(), request.options.begin(), request.options.end());
  words.push_back(request.url);
  return words;
}

}  // namespace

CurlResponse curl(const Netns& netns, const CurlRequest& request) {
  const auto done = run(command(request), {.netns = &netns});
  const auto end = done.output.rfind('\n');
  if (end == std::string::npos) throw std::runtime_error("curl: " + done.errors);
  CurlResponse response{.exit = done.code, .body = done.output.substr(0, end), .errors = done.errors};
  std::uint16_t port = 0;
  std::string address;
  std::istringstream(done.output.substr(end + 1)) >> response.status >> port >> address;
  if (!address.empty()) response.client = {boost::asio::ip::make_address(address), port};
  return response;
}

}  // namespace realpeer::testing
