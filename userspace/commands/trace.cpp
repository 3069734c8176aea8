#include <gflags/gflags.h>

#include <algorithm>
#include <boost/algorithm/string/split.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <thread>

#include "admin/access.h"
#include "commands/admin_flags.h"
#include "commands/commands.h"
#include "config/scalars.h"
#include "trace/follow.h"
#include "trace/plan.h"
#include "trace/probe.h"
#include "trace/report.h"

DEFINE_string(hop, "", "trace: [NAME=]ADMIN[@/TOKEN_FILE] of a hop, the first one first; NAME=- is no realpeer");
DEFINE_string(send, "auto", "trace: what to say: none, tls, http, https; auto: what the hops' listeners want");
DEFINE_string(server_name, "", "trace: the server name to ask for; else TARGET's, else one that the first hop knows");
DEFINE_string(ask, "", "trace: the path of a page that shows the client's address");
DEFINE_string(timeout, "5s", "trace: how long to wait for the hops to see the connection");
DECLARE_bool(json);

namespace realpeer::commands {
namespace {

using boost::system::result;
using std::chrono::milliseconds;

constexpr config::Range<milliseconds> timeouts{std::chrono::milliseconds(100), std::chrono::minutes(5)};
constexpr milliseconds between_looks{50};

struct Options {
  std::string host;
  std::uint16_t port = 0;
  std::vector<trace::Asked> hops{};
  std::optional<trace::Speech> speech{};  // nothing: what the hops want
  milliseconds timeout{};
};

int fail(const std::string& text) {
  std::cerr << "realpeer: " << text << '\n';
  return 1;
}

// A path behind the last '@' is the token's file.
result<std::string, int> take_token(std::string& text) {
  const auto at = text.rfind("@/");
  if (at == std::string::npos) return token_by_flag();
  auto token = admin::read_token(text.substr(at + 1));
  text.erase(at);
  if (!token) return fail("--hop " + text + ": " + token.error());
  return std::move(*token);
}

result<trace::Asked, int> parse_hop(std::string text) {
  trace::Asked hop;
  auto token = take_token(text);
  if (!token) return token.error();
  hop.token = std::move(*token);
  const auto equals = text.find('=');
  if (equals != std::string::npos && text.find_first_of("/:") > equals) {
    hop.name = text.substr(0, equals);
    text.erase(0, equals + 1);
  }
  if (text == "-") {
    if (hop.name.empty()) hop.name = "(no realpeer)";
    return hop;
  }
  auto address = admin_client::Address::parse(text);
  if (!address) return usage_error("--hop: " + address.error().text);
  hop.address = std::move(*address);
  return hop;
}

result<std::vector<trace::Asked>, int> parse_hops() {
  std::vector<std::string> texts;
  boost::split(texts, FLAGS_hop, [](char c) { return c == ','; });
  std::vector<trace::Asked> hops;
  for (auto& text : texts) {
    auto hop = parse_hop(std::move(text));
    if (!hop) return {boost::system::in_place_error, hop.error()};
    hops.push_back(std::move(*hop));
  }
  return hops;
}

result<Options, int> read_options(Arguments arguments) {
  if (arguments.size() != 1) return usage_error("trace takes one HOST:PORT: where clients connect to");
  if (FLAGS_hop.empty()) return usage_error("trace needs --hop ADMIN for each hop, the first one first");
  const auto target = net::split_host_port(arguments.front());
  if (!target) return usage_error(arguments.front() + ": " + target.error());
  const auto timeout = config::parse_duration(FLAGS_timeout, timeouts);
  if (!timeout) return usage_error("--timeout: " + timeout.error().text);
  Options options{.host = std::string(target->host), .port = target->port, .timeout = *timeout};
  options.speech = trace::parse_speech(FLAGS_send);
  if (!options.speech && FLAGS_send != "auto") return usage_error("--send is auto, none, tls, http or https");
  auto hops = parse_hops();
  if (!hops) return hops.error();
  options.hops = std::move(*hops);
  return options;
}

// As the field Host has it.
std::string authority(const std::string& host, std::uint16_t port) {
  const std::string bare = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == 80 || port == 443 ? bare : bare + ":" + std::to_string(port);
}

trace::Said words_for(const Options& options, const trace::Chain& chain) {
  const auto plan = trace::plan(chain.hops(), options.host, options.port);
  trace::Said said{.speech = options.speech.value_or(plan.speech), .name = plan.name, .patience = options.timeout};
  if (!FLAGS_server_name.empty()) said.name = FLAGS_server_name;
  said.authority = authority(said.name.empty() ? options.host : said.name, options.port);
  if (FLAGS_ask.empty()) return said;
  said.ask = FLAGS_ask;
  // Only a request is answered by a page.
  if (said.speech == trace::Speech::none) said.speech = trace::Speech::http;
  if (said.speech == trace::Speech::tls) said.speech = trace::Speech::https;
  return said;
}

// Returns once all that can be known is known, or the time is over.
void follow(trace::Chain& chain, const trace::Probe& probe, const Options& options) {
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  for (;;) {
    chain.look(probe.own(), options.port);
    if (chain.settled() || std::chrono::steady_clock::now() >= until) return;
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace

int trace(Arguments arguments) {
  auto options = read_options(arguments);
  if (!options) return options.error();
  trace::Chain chain(std::move(options->hops));
  chain.prepare();
  const auto probe = trace::Probe::connect(options->host, options->port, options->timeout);
  if (!probe) return fail(arguments.front() + ": " + probe.error());
  (*probe)->begin(words_for(*options, chain));
  follow(chain, **probe, *options);
  // Whoever ends it for what stands in the header does so now.
  trace::Outcome outcome;
  if (!trace::judge(chain.hops(), (*probe)->own(), outcome).fault) {
    outcome = (*probe)->outcome();
    chain.look((*probe)->own(), options->port);
  }
  const auto verdict = trace::judge(chain.hops(), (*probe)->own(), outcome);
  const trace::Trace report{arguments.front(), (*probe)->own(), chain.hops(), verdict};
  if (FLAGS_json) {
    std::cout << boost::json::serialize(trace::to_json(report)) << '\n';
  } else {
    std::cout << trace::to_text(report);
  }
  return verdict.fault ? 1 : 0;
}

}  // namespace realpeer::commands
