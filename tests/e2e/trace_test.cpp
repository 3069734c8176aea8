// `realpeer trace` through the worked example: client — edge — overlay peer that masquerades — production — backend.
// Each fault of that example is made in turn, and the right hop and setting must be named.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "e2e/edge_to_production.h"
#include "harness/certificates.h"
#include "harness/gitea_receiver.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// What varies between the faults.
struct Settings {
  std::string edge_identity = "proxy-v2";
  std::string accept = "accept_proxy: strict\n    trusted_cidrs: [10.100.0.9/32]\n    header_timeout: 1s";
  std::string inner_identity = "proxy-v2";
  std::string inner_route = "{ backend: app }";
  std::string inner_endpoint = "10.77.0.2:9000";
};

class TraceChain : public EdgeToProduction {
 protected:
  void start_chain(const Settings& settings) {
    start_gateway_with(R"(
listeners:
  - name: in
    bind: "203.0.113.1:443"
    accept_proxy: off
    route: { backend: production }
backends:
  production: { endpoints: ["10.100.0.10:443"], identity: )" +
                       settings.edge_identity + " }\nadmin: { bind: 'unix:" + socket("edge") + "' }\n");
    GatewayConfig document;
    document.node = unique_node();
    document.datapath = GetParam();
    document.text = "listeners:\n  - name: inner\n    bind: \"10.100.0.10:443\"\n    " + settings.accept +
                    "\n    route: " + settings.inner_route + "\nbackends:\n  app: { endpoints: ['" +
                    settings.inner_endpoint + "'], identity: " + settings.inner_identity +
                    " }\nadmin: { bind: 'unix:" + socket("production") + "' }\n";
    production = std::make_unique<Daemon>(REALPEER_BINARY, document, ProcessOptions{.netns = &net->backend});
  }
  [[nodiscard]] std::string socket(const std::string& name) const { return (folder_.path() / name).string(); }

  Finished trace(std::vector<std::string> more = {}, const std::string& target = "203.0.113.1:443") {
    std::vector<std::string> words{REALPEER_BINARY,
                                   "trace",
                                   target,
                                   "--hop",
                                   "edge=unix:" + socket("edge"),
                                   "--hop",
                                   "production=unix:" + socket("production")};
    words.insert(words.end(), more.begin(), more.end());
    auto done = run(words, {.netns = &net->client});
    EXPECT_NE(done.output, "") << done.errors;
    return done;
  }
  // The same where a backend takes the connection and does with it what is given.
  template <typename Backend>
  Finished trace_to(Backend backend_does, std::vector<std::string> more = {}) {
    Finished done;
    at_once({[&] { done = trace(std::move(more)); }, [&] { backend_does(); }});
    return done;
  }
  void listen() { backend.emplace(net->backend, endpoint("10.77.0.2:9000")); }

  const TemporaryDirectory folder_{};
};

TEST_P(TraceChain, ThatIsWholeShowsTheClientAtEveryHop) {
  listen();
  start_chain({});
  const auto done = trace();
  EXPECT_EQ(done.code, 0) << done.output << done.errors;
  EXPECT_THAT(done.output, HasSubstr("is known at every hop."));
  EXPECT_THAT(done.output, HasSubstr("edge        203.0.113.42:"));
  EXPECT_THAT(done.output, HasSubstr("production  10.100.0.9:"));
}

TEST_P(TraceChain, SaysInJsonWhatEachHopKnows) {
  listen();
  start_chain({});
  const auto done = trace({"--json"});
  ASSERT_EQ(done.code, 0) << done.output << done.errors;
  const auto document = json::parse(done.output).get_object();
  EXPECT_EQ(document.at("arrived"), true);
  EXPECT_TRUE(document.at("fault").is_null());
  const auto& hops = document.at("hops").as_array();
  ASSERT_EQ(hops.size(), 2U);
  EXPECT_EQ(hops[1].at("found_by"), "its client") << "the address is masqueraded";
  const auto& seen = hops[1].at("seen").as_object();
  EXPECT_EQ(seen.at("client_addr"), document.at("from"));
  EXPECT_EQ(seen.at("claimed_addr"), document.at("from"));
  EXPECT_EQ(seen.at("client_source"), "proxy-v2");
}

TEST_P(TraceChain, WhoseEdgeDoesNotSendNamesTheEdge) {
  listen();
  start_chain({.edge_identity = "none"});
  const auto done = trace();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("lost: production waits for a header and got none"),
                                 HasSubstr("fix:  on edge: Set identity: proxy-v2 for backend 'production' of edge.")));
}

// However long it takes to see that nothing comes.
TEST_P(TraceChain, IsNotEndedByTheTracer) {
  listen();
  start_chain({.edge_identity = "none",
               .accept = "accept_proxy: strict\n    trusted_cidrs: [10.100.0.9/32]\n    header_timeout: 30s"});
  const auto done = trace({"--timeout", "1500ms"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("not known yet"), HasSubstr("fix:  on edge: Set identity: proxy-v2")));
}

TEST_P(TraceChain, WhoseProductionDoesNotAcceptNamesProduction) {
  listen();
  start_chain({.accept = "accept_proxy: off"});
  const auto done = trace();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("lost: production does not read the header that edge sends"),
                                 HasSubstr("fix:  on production: Set accept_proxy: strict and trusted_cidrs: "
                                           "[10.100.0.9] for listener 'inner' of production.")));
}

TEST_P(TraceChain, WhoseProductionTrustsTheEdgesAddressNamesTheMasquerading) {
  listen();
  start_chain({.accept = "accept_proxy: strict\n    trusted_cidrs: [100.64.0.1/32]"});
  const auto done = trace();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output,
              AllOf(HasSubstr("untrusted_source"),
                    HasSubstr("fix:  on production: Add 10.100.0.9 to trusted_cidrs of listener 'inner'")));
}

TEST_P(TraceChain, WhoseProductionDoesNotSendOnNamesProduction) {
  listen();
  start_chain({.inner_identity = "none"});
  const auto done = trace();
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output,
              AllOf(HasSubstr("lost: production does not tell its backend 'app' who the client is"),
                    HasSubstr("fix:  on production: Set identity for backend 'app' of production: proxy-v2")));
}

TEST_P(TraceChain, WhoseBackendDoesNotTrustProductionNamesTheBackend) {
  listen();
  start_chain({});
  // As Gitea does with a header from an address that it does not know.
  const auto done = trace_to([&] { backend->accept().close(); });
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output,
              AllOf(HasSubstr("lost: The backend at 10.77.0.2:9000 took the connection with its header and ended it"),
                    HasSubstr("fix:  on the backend: List 10.77.0.2 among the proxies that the backend trusts")));
}

// nginx shows what it believes; whom it believes is its own setting.
TEST_P(TraceChain, AsksTheBackendWhomItSees) {
  const auto page = [](const std::string& trusted) {
    return "server { listen 10.77.0.2:8080; set_real_ip_from " + trusted +
           "; real_ip_header X-Forwarded-For; location / { return 200 \"you are $remote_addr\\n\"; } }";
  };
  const Settings web{
      .inner_identity = "xff", .inner_route = "{ http: [{ backend: app }] }", .inner_endpoint = "10.77.0.2:8080"};
  {
    const Nginx nginx(net->backend, {.http = page("10.77.0.2")});
    start_chain(web);
    const auto done = trace({"--ask", "/"});
    EXPECT_EQ(done.code, 0) << done.output << done.errors;
  }
  const Nginx nginx(net->backend, {.http = page("192.0.2.1")});
  const auto done = trace({"--ask", "/"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("it shows 10.77.0.2. That is the last hop's own address"),
                                 HasSubstr("fix:  on the backend: List 10.77.0.2 among the proxies"),
                                 HasSubstr("set_real_ip_from")));
}

TEST_P(TraceChain, ShowsAGapAndWhatTheNextHopSawOfIt) {
  listen();
  start_chain({});
  const std::vector<std::string> words{REALPEER_BINARY,
                                       "trace",
                                       "203.0.113.1:443",
                                       "--hop",
                                       "haproxy=-",
                                       "--hop",
                                       "production=unix:" + socket("production")};
  const auto done = run(words, {.netns = &net->client});
  EXPECT_EQ(done.code, 0) << done.output << done.errors;
  EXPECT_THAT(done.output, AllOf(HasSubstr("haproxy     no realpeer: see what the next hop was told"),
                                 HasSubstr("production  10.100.0.9:")));
}

TEST_P(TraceChain, SaysWhichHopCouldNotBeAsked) {
  listen();
  start_chain({});
  const std::vector<std::string> words{REALPEER_BINARY,
                                       "trace",
                                       "203.0.113.1:443",
                                       "--hop",
                                       "edge=unix:" + socket("edge"),
                                       "--hop",
                                       "production=unix:" + socket("nowhere")};
  const auto done = run(words, {.netns = &net->client});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.output, HasSubstr("lost: production could not be asked: "));
}

TEST_P(TraceChain, SaysThatNobodyTakesTheConnection) {
  start_chain({});
  const auto done =
      run({REALPEER_BINARY, "trace", "203.0.113.1:444", "--hop", "unix:" + socket("edge")}, {.netns = &net->client});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.errors, HasSubstr("203.0.113.1:444: cannot connect: Connection refused"));
}

TEST_P(TraceChain, SaysWhatIsWrongWithItsWords) {
  const auto said = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {REALPEER_BINARY, "trace"});
    const auto done = run(words, {.netns = &net->client});
    EXPECT_EQ(done.code, 2) << done.output;
    return done.errors;
  };
  EXPECT_THAT(said({}), HasSubstr("trace takes one HOST:PORT"));
  EXPECT_THAT(said({"203.0.113.1:443"}), HasSubstr("needs --hop"));
  EXPECT_THAT(said({"203.0.113.1", "--hop", "-"}), HasSubstr("203.0.113.1"));
  EXPECT_THAT(said({"203.0.113.1:443", "--hop", "-", "--send", "words"}), HasSubstr("--send"));
  EXPECT_THAT(said({"203.0.113.1:443", "--hop", "-", "--timeout", "1"}), HasSubstr("--timeout"));
  EXPECT_THAT(said({"203.0.113.1:443", "--hop", "10.0.0.1"}), HasSubstr("--hop"));
}

INSTANTIATE_TEST_SUITE_P(Path, TraceChain, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
