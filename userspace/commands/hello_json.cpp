#include "commands/hello_json.h"

#include <boost/algorithm/hex.hpp>
#include <boost/json.hpp>
#include <iterator>

#include "tls/client_hello.h"

namespace realpeer::commands {

namespace json = boost::json;

namespace {

// The backslash is escaped as well, so that no two protocols look the same.
json::string protocol_text(std::string_view protocol) {
  json::string text;
  for (const char c : protocol) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      text.push_back(c);
    } else {
      text.append("\\x");
      boost::algorithm::hex_lower(&c, &c + 1, std::back_inserter(text));
    }
  }
  return text;
}

json::object describe(const tls::ClientHello& hello) {
  json::array alpn;
  for (const std::string& protocol : hello.alpn) alpn.push_back(protocol_text(protocol));
  const bool named = !hello.server_name.empty();
  return {{"result", named ? "sni" : "no_sni"},
          {"sni", named ? json::value(hello.server_name) : json::value(nullptr)},
          {"alpn", std::move(alpn)},
          {"hello_length", hello.length}};
}

}  // namespace

json::object hello_to_json(std::span<const std::byte> bytes) {
  const tls::HelloReading reading = tls::read_client_hello(bytes);
  if (const auto* hello = std::get_if<tls::ClientHello>(&reading)) return describe(*hello);
  if (const auto* more = std::get_if<tls::NeedMore>(&reading)) {
    return {{"result", "need_more"}, {"at_least", more->at_least}};
  }
  if (const auto* other = std::get_if<tls::NotTls>(&reading)) return {{"result", "not_tls"}, {"detail", other->detail}};
  const auto& malformed = std::get<tls::Malformed>(reading);
  return {{"result", "reject"}, {"problem", tls::to_string(malformed.problem)}, {"detail", malformed.detail}};
}

}  // namespace realpeer::commands
