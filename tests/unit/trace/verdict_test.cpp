// Which hop is said to have lost the address, and what is said to mend it: the faults of the worked example, and
// others.
#include "trace/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::trace {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

net::Endpoint at(const std::string& text) { return *net::parse_endpoint(text); }

const net::Endpoint kClient = at("203.0.113.42:5555");
const net::Endpoint kEdge = at("100.64.0.1:40001");
const net::Endpoint kOverlay = at("10.100.0.9:40002");  // masquerades
const net::Endpoint kProduction = at("10.100.0.10:40003");

Hop make_hop(const std::string& name, const std::string& accept_proxy, const std::string& identity, Seen seen) {
  seen.listener = "in";
  seen.backend = "next";
  seen.identity = identity;
  return {.name = name,
          .daemon = Daemon{.node = name,
                           .listeners = {{.name = "in", .bind = at("0.0.0.0:443"), .accept_proxy = accept_proxy}},
                           .backends = {{.name = "next", .identity = identity}}},
          .found = Found{std::move(seen), "its address"}};
}

// client — edge — (masquerading) — production — backend, in order.
class Chain : public ::testing::Test {
 protected:
  Chain() {
    edge.peer = kClient;
    edge.client = kClient;
    edge.source = "peer";
    edge.upstream = kEdge;
    edge.endpoint = "10.100.0.10:443";
    edge.path = "sockmap";
    production.peer = kOverlay;
    production.client = kClient;
    production.source = "proxy-v2";
    production.trusted = true;
    production.upstream = kProduction;
    production.endpoint = "10.77.0.2:22";
    production.path = "sockmap";
  }
  // Production is sent nothing, and believes its peer.
  void believe_the_peer() {
    production.client = kOverlay;
    production.source = "peer";
  }
  void refuse(const std::string& reason) {
    production.client = std::nullopt;
    production.source = "";
    production.path = "";
    production.end = "rejected";
    production.reason = reason;
  }
  std::vector<Hop> hops() {
    std::vector<Hop> all{make_hop("edge", "off", edge_identity, edge)};
    if (gap) all[0] = Hop{.name = "haproxy"};
    all.push_back(make_hop("production", accept, production_identity, production));
    return all;
  }
  // "hop > side: what | remedy"
  std::string verdict(const Outcome& outcome = {}) {
    const auto all = hops();
    const auto fault = judge(all, kClient, outcome).fault;
    if (!fault) return "none";
    const auto name = [&](std::size_t i) { return i == all.size() ? std::string("backend") : all[i].name; };
    return name(fault->hop) + " > " + name(fault->side) + ": " + fault->what + " | " + fault->remedy;
  }

  Seen edge{};
  Seen production{};
  std::string edge_identity = "proxy-v2";
  std::string accept = "strict";
  std::string production_identity = "proxy-v2";
  bool gap = false;
};

TEST_F(Chain, ThatIsWholeHasNoFault) { EXPECT_EQ(verdict(), "none"); }

TEST_F(Chain, WhoseEdgeDoesNotSendIsMendedAtTheEdge) {
  edge_identity = "none";
  const auto at_the_edge = AllOf(HasSubstr("production > edge: "), HasSubstr("identity: none"),
                                 HasSubstr("Set identity: proxy-v2 for backend 'next' of edge."));
  for (const char* reason : {"header_missing", "header_timeout", "empty_probe"}) {
    refuse(reason);
    EXPECT_THAT(verdict(), at_the_edge) << reason;
  }
  refuse("");
  production.end = "";
  EXPECT_THAT(verdict(), at_the_edge) << "production still waits";
  believe_the_peer();
  accept = "optional";
  EXPECT_THAT(verdict(), at_the_edge);
}

TEST_F(Chain, WhoseProductionDoesNotAcceptIsMendedAtProduction) {
  accept = "off";
  believe_the_peer();
  const auto at_production =
      AllOf(HasSubstr("production > production: production does not read the header"),
            HasSubstr("Set accept_proxy: strict and trusted_cidrs: [10.100.0.9] for listener 'in' of production."));
  EXPECT_THAT(verdict(), at_production);
  // By server name it cannot route a header.
  production.end = "rejected";
  production.reason = "no_route";
  EXPECT_THAT(verdict(), at_production);
}

TEST_F(Chain, WhoseProductionDoesNotTrustTheMasqueradingPeerIsMendedAtProduction) {
  for (const char* reason : {"untrusted_source", "untrusted_header"}) {
    refuse(reason);
    EXPECT_THAT(verdict(),
                AllOf(HasSubstr("production > production: "), HasSubstr("masquerading"),
                      HasSubstr("Add 10.100.0.9 to trusted_cidrs of listener 'in' of production, if only gateways")))
        << reason;
  }
}

// A reset that comes quickly looks to the edge as if nobody had been there.
TEST_F(Chain, WhoseProductionRefusesAtOnceIsMendedAtProduction) {
  edge.reason = "backend_unavailable";
  edge.end = "rejected";
  refuse("untrusted_source");
  EXPECT_THAT(verdict(), HasSubstr("production > production: production refused the connection (untrusted_source)"));
  auto all = hops();
  all[1].found.reset();
  EXPECT_THAT(judge(all, kClient, {}).fault->what, HasSubstr("edge refused the connection: backend_unavailable"));
}

TEST_F(Chain, WhoseProductionDoesNotSendOnIsMendedAtProduction) {
  production_identity = "none";
  EXPECT_THAT(verdict(), AllOf(HasSubstr("production > production: production does not tell its backend 'next'"),
                               HasSubstr("Set identity for backend 'next' of production: proxy-v2")));
}

TEST_F(Chain, WhoseBackendRefusesTheHeaderIsMendedAtTheBackend) {
  for (const char* end : {"closed", "backend_reset"}) {
    production.end = end;
    EXPECT_THAT(verdict(), AllOf(HasSubstr("production > backend: The backend at 10.77.0.2:22 took the connection"),
                                 HasSubstr("List 10.100.0.10 among the proxies that the backend trusts")))
        << end;
  }
  production.bytes_out = 20;
  EXPECT_EQ(verdict(), "none") << "it had something to say";
}

TEST_F(Chain, WhoseBackendShowsTheGatewayIsMendedAtTheBackend) {
  production_identity = "xff";
  EXPECT_EQ(verdict({.addresses = {{kClient.address()}}}), "none");
  EXPECT_EQ(verdict({.addresses = {{kProduction.address(), kClient.address()}}}), "none");
  EXPECT_THAT(verdict({.addresses = {{kProduction.address()}}}),
              AllOf(HasSubstr("production > backend: "), HasSubstr("the last hop's own address"),
                    HasSubstr("List 10.100.0.10 among"), HasSubstr("set_real_ip_from")));
  EXPECT_THAT(verdict({.addresses = {{}}}), HasSubstr("Let --ask name a page"));
}

TEST_F(Chain, WhoseBackendDoesNotAnswerProperlyIsLookedAtThere) {
  EXPECT_THAT(verdict({.trouble = "the TLS handshake failed: the connection was closed."}),
              HasSubstr("production > backend: Every hop knows the client, but the TLS handshake failed"));
}

TEST_F(Chain, WithAGapThatDoesNotSendIsMendedAtTheGap) {
  gap = true;
  refuse("header_missing");
  EXPECT_THAT(verdict(), AllOf(HasSubstr("production > haproxy: "), HasSubstr("send-proxy-v2")));
  accept = "off";
  believe_the_peer();
  production.end = production.reason = "";
  EXPECT_THAT(verdict(), AllOf(HasSubstr("production > production: "), HasSubstr("It reads no header."),
                               HasSubstr("Turn the header on in haproxy"),
                               HasSubstr("accept_proxy: strict and trusted_cidrs: [10.100.0.9]")));
}

TEST_F(Chain, WithAGapThatKnowsAnotherClientIsMendedThere) {
  gap = true;
  production.client = at("198.51.100.1:7");
  EXPECT_THAT(verdict(), AllOf(HasSubstr("production > haproxy: production was told of 198.51.100.1:7")));
  production.client = kOverlay;
  production.source = "local";
  EXPECT_THAT(verdict(), HasSubstr("a header that names nobody"));
}

TEST_F(Chain, WithAGapThatPassesTheClientOnHasNoFault) {
  gap = true;
  EXPECT_EQ(verdict(), "none");
}

TEST_F(Chain, WhoseHeaderIsTakenAwayOnTheWayNamesBothSides) {
  refuse("header_missing");
  production.looks_like = "tls_client_hello";
  EXPECT_THAT(verdict(), AllOf(HasSubstr("looks like tls_client_hello"), HasSubstr("something between the two"),
                               HasSubstr("between edge and production")));
}

TEST_F(Chain, ThatEndsForAnotherReasonSaysWhich) {
  production.end = "rejected";
  production.reason = "backend_unavailable";
  production.detail = "connection refused";
  production.remedy = "See whether it runs.";
  EXPECT_EQ(
      verdict(),
      "production > production: production refused the connection: backend_unavailable (connection refused). | See "
      "whether it runs.");
}

TEST_F(Chain, WhoseNameWasNotDeliveredSaysSo) {
  production_identity = "peername";
  production.delivered = false;
  EXPECT_THAT(verdict(), AllOf(HasSubstr("production > production: "), HasSubstr("was not delivered")));
  production.delivered = true;
  EXPECT_EQ(verdict(), "none");
}

TEST_F(Chain, ThatProductionNeverSawNamesWhereItWasSent) {
  auto all = hops();
  all[1].found.reset();
  const auto fault = judge(all, kClient, {}).fault;
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->what, "production never saw the connection: edge sent it to 10.100.0.10:443.");
  all[1].daemon.reset();
  all[1].trouble = "nobody listens there";
  EXPECT_THAT(judge(all, kClient, {}).fault->what, HasSubstr("production could not be asked: nobody listens there"));
}

TEST_F(Chain, SeenFromBehindNatHasNoFaultAndANote) {
  const auto verdict = judge(hops(), at("192.168.1.5:6000"), {});
  EXPECT_FALSE(verdict.fault);
  ASSERT_EQ(verdict.notes.size(), 1U);
  EXPECT_THAT(verdict.notes.front(),
              HasSubstr("the first hop that tells of you saw 203.0.113.42:5555: where you are behind NAT"));
}

TEST_F(Chain, OfRequestsKnowsTheClientWithoutAPort) {
  production.client = net::Endpoint(kClient.address(), 0);
  production.source = "xff";
  production_identity = "xff";
  EXPECT_EQ(verdict(), "none");
}

TEST_F(Chain, WhoseHopPassesTheClientsAddressOnDoesNotLeadToTrustInIt) {
  edge_identity = "transparent";
  refuse("untrusted_source");
  production.peer = kClient;
  EXPECT_THAT(verdict(),
              AllOf(HasSubstr("production > edge: "), HasSubstr("Set identity: proxy-v2 for backend 'next' of edge.")));
  gap = true;
  const auto behind_a_gap = verdict();
  EXPECT_THAT(behind_a_gap, HasSubstr("accept_proxy: off or mixed for listener 'in' of production"));
  EXPECT_EQ(behind_a_gap.find("Add "), std::string::npos) << behind_a_gap;
}

TEST_F(Chain, WhoseNextHopReadsNoHeaderIsToldToReadOneFirst) {
  edge_identity = "none";
  accept = "off";
  believe_the_peer();
  EXPECT_THAT(
      verdict(),
      AllOf(HasSubstr("production > production: "),
            HasSubstr("Set accept_proxy: strict and trusted_cidrs: [10.100.0.9] for listener 'in' of production, "
                      "and then identity: proxy-v2 for backend 'next' of edge.")));
}

TEST_F(Chain, OfRequestsThatAreNotBelievedNamesTheForwarders) {
  edge_identity = "xff";
  accept = "off";
  believe_the_peer();
  auto all = hops();
  all[1].daemon->listeners.front().routes = "requests";
  EXPECT_EQ(judge(all, kClient, {}).fault->remedy,
            "Add 10.100.0.9 to trusted_forwarders of listener 'in' of production.");
}

TEST_F(Chain, SeenFromBehindNatByAGapTakesTheAddressOutside) {
  gap = true;
  EXPECT_FALSE(judge(hops(), at("192.168.1.5:6000"), {}).fault);
  EXPECT_TRUE(judge(hops(), at("198.51.100.9:6000"), {}).fault) << "no NAT explains that";
}

TEST_F(Chain, WhoseFirstHopKnowsTheClientByARequestHasNoFault) {
  edge.peer = at("198.51.100.1:443");
  edge.client = net::Endpoint(kClient.address(), 0);
  edge.source = "xff";
  EXPECT_EQ(verdict(), "none");
}

TEST_F(Chain, ThatWaitsForAClientHelloIsNotSaidToWaitForAHeader) {
  production.reason = "header_timeout";
  production.end = "rejected";
  production.detail = "no complete ClientHello";
  EXPECT_THAT(verdict(), HasSubstr("production refused the connection: header_timeout (no complete ClientHello)"));
  production.reason = production.end = production.path = production.endpoint = "";
  EXPECT_THAT(verdict(), AllOf(HasSubstr("has not passed the connection on"), HasSubstr("--send tls")));
}

TEST_F(Chain, InWhichItWasGuessedSaysSo) {
  auto all = hops();
  all[1].found->guessed = true;
  const auto verdict = judge(all, kClient, {.remark = "The answer was 400."});
  EXPECT_FALSE(verdict.fault);
  EXPECT_THAT(verdict.notes,
              ::testing::ElementsAre(HasSubstr("At production it was found by being the only new connection"),
                                     "The answer was 400."));
}

// Nobody should be told to trust a client's own address.
TEST(Tracer, WhoConnectsWhereOnlyGatewaysMayIsToldSo) {
  Seen seen{.peer = kClient};
  seen.reason = "untrusted_source";
  const std::vector hops{make_hop("production", "strict", "proxy-v2", seen)};
  const auto fault = judge(hops, kClient, {}).fault;
  ASSERT_TRUE(fault);
  EXPECT_THAT(fault->what, HasSubstr("takes connections from gateways alone"));
  EXPECT_EQ(fault->remedy.find("trusted_cidrs"), std::string::npos) << fault->remedy;
}

}  // namespace
}  // namespace realpeer::trace
