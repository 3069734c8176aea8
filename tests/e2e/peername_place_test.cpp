// Where a backend may be, and what may be on the way to it, for `identity: peername`.
#include "e2e/peername.h"
#include "harness/cgroup.h"
#include "harness/receivers/redis.h"

namespace realpeer::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Endpoint kBackend = endpoint("10.77.0.2:9000");
const Endpoint kStore = endpoint("10.77.0.2:6379");

class PeernamePlace : public Peername {
 protected:
  void expect_in_redis(const std::string& client) {
    Socket visitor = connect_as(kClaimed);
    EXPECT_THAT(redis_clients(visitor), HasSubstr(" addr=" + client + ":"));
  }
};

TEST_P(PeernamePlace, ABackendInAnotherNamespaceIsTold) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  expect_told(kClaimed);
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_P(PeernamePlace, ABackendThatStartsLaterIsTold) {
  start_naming();
  backend.emplace(net->backend, kBackend);
  expect_told(kClaimed);
}

TEST_P(PeernamePlace, ABackendOfTheGatewaysOwnHostIsTold) {
  listen_and_start(net->gateway, "127.0.0.1:9000", "127.0.0.1:9000");
  expect_told(kClaimed);
}

TEST_P(PeernamePlace, ABackendOnTheGatewaysOwnAddressIsTold) {
  listen_and_start(net->gateway, "0.0.0.0:9000", "10.77.0.1:9000");
  expect_told(kClaimed);
}

// Whoever connects beside the gateway is itself, and stays so.
TEST_P(PeernamePlace, WhoConnectsDirectlyIsNotTakenForAClient) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  auto met = meet(kClaimed);
  const Socket beside = testing::connect(net->gateway, kBackend);
  EXPECT_EQ(backend->accept().remote(), beside.local());
  EXPECT_EQ(met.server.remote(), kClaimed);
}

TEST_P(PeernamePlace, ABackendInACgroupOfItsOwnIsTold) {
  const TestCgroup container("container");
  std::optional<Redis> redis;
  {
    const InCgroup inside(container.path());
    redis.emplace(net->backend, kStore);
  }
  start_naming(to_string(kStore));
  expect_in_redis("198.51.100.7");
}

TEST_P(PeernamePlace, ABackendThatStartsLaterInACgroupOfItsOwnIsTold) {
  start_naming(to_string(kStore));
  const TestCgroup container("container");
  const InCgroup inside(container.path());
  const Redis redis(net->backend, kStore);
  expect_in_redis("198.51.100.7");
}

TEST_P(PeernamePlace, OfACgroupThatIsConfiguredTheBackendsInsideAreTold) {
  const TestCgroup chosen("chosen");
  const TestCgroup below("below", chosen.path());
  config.peername_cgroup = chosen.path();
  {
    const InCgroup inside(below.path());
    backend.emplace(net->backend, kBackend);
  }
  start_naming();
  expect_told(kClaimed);
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_P(PeernamePlace, OfACgroupThatIsConfiguredABackendOutsideIsNotToldAndTheLogWarns) {
  const TestCgroup chosen("chosen");
  config.peername_cgroup = chosen.path();
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  expect_not_told(kClaimed);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("backend 'app'")));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("to 10.77.0.2:9000: ")));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("outside the cgroup")));
}

TEST_P(PeernamePlace, DestinationNatOnTheWayChangesNothing) {
  nft("output priority -100", "ip daddr 10.99.0.1 tcp dport 80 dnat to 10.77.0.2:9000");
  in_netns(net->gateway, [] { ip_batch("route add 10.99.0.0/24 via 10.77.0.2"); });
  listen_and_start(net->backend, "10.77.0.2:9000", "10.99.0.1:80");
  expect_told(kClaimed);
}

TEST_P(PeernamePlace, SourceNatOnTheWayHidesTheClientAndTheLogWarnsOnce) {
  nft("postrouting priority 100", "tcp dport 9000 masquerade to :30000-30999");
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  for (std::uint16_t port = 40'001; port < 40'011; ++port) expect_not_told({kClaimed.address(), port});
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("source NAT on the way")));
}

// The log is where an operator learns of it: a busy backend must not speak for all.
TEST_P(PeernamePlace, EachBackendThatIsNotToldIsNamedInTheLog) {
  nft("postrouting priority 100", "tcp dport 9000-9001 masquerade to :30000-30999");
  start_gateway_with(R"(
listeners:
  - { name: a, bind: "203.0.113.1:7000", route: { backend: first } }
  - { name: b, bind: "203.0.113.1:7001", route: { backend: second } }
backends:
  first: { endpoints: ["10.77.0.2:9000"], identity: peername }
  second: { endpoints: ["10.77.0.2:9001"], identity: peername }
)");
  for (const char* port : {"0", "1", "0", "1"}) {
    Listener listener(net->backend, endpoint(std::string("10.77.0.2:900") + port));
    Socket client = testing::connect(net->client, endpoint(std::string("203.0.113.1:700") + port));
    Socket server = listener.accept();
    const auto peer = client.local();
    expect_conversation(client, server);
    client.close();
    EXPECT_EQ(server.receive_until_eof(), "");
    server.close();
    const auto record = expect_record(peer, "closed", kAsked, kAnswered);
    EXPECT_EQ(record.fields().at("identity_delivered"), false) << record;
  }
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("backend 'first'"), HasSubstr("backend 'second'")));
}

// Who names nobody, and the peer it is.
TEST_P(PeernamePlace, OfAHeaderThatNamesNobodyThePeerIsTold) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  Socket client = connect();
  client.send_all(proxy_v2_local());
  Socket server = backend->accept();
  const auto seen = server.remote();
  EXPECT_EQ(seen, client.local());
  expect_conversation(client, server);
  end({std::move(client), std::move(server), seen}, true);
}

// Nobody is told before the handshake is over, and many speak before they read.
TEST_P(PeernamePlace, ABackendThatSpeaksFirstIsTold) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  Socket client = connect_as(kClaimed);
  Socket server = backend->accept();
  server.send_all("220 " + to_string(server.remote()) + "\r\n");
  EXPECT_EQ(client.receive_exactly(24), "220 198.51.100.7:40001\r\n");
  end({std::move(client), std::move(server), {}}, true, 0, 24);
}

TEST_P(PeernamePlace, AnEndpointThatFailsLeavesTheClientToTheNext) {
  backend.emplace(net->backend, kBackend);
  config.endpoints = {"10.77.0.2:9999", "10.77.0.2:9000"};
  config.identity = "peername";
  start_gateway();
  for (std::uint16_t port = 1; port <= 4; ++port) expect_told({kClaimed.address(), port});
}

// What became of it is known at the end, whichever end it is.
TEST_P(PeernamePlace, AConnectionThatIsResetWasDeliveredAllTheSame) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  for (const bool by_client : {true, false}) {
    auto met = meet(kClaimed);
    const auto peer = met.client.local();
    (by_client ? met.client : met.server).reset();
    (by_client ? met.server : met.client).ending();
    const auto record = expect_record(peer, by_client ? "client_reset" : "backend_reset", kAsked, kAnswered);
    EXPECT_EQ(record.fields().at("identity_delivered"), true) << record;
  }
}

TEST_P(PeernamePlace, OfAConnectionThatReachesNobodyNothingIsSaid) {
  start_naming("10.77.0.2:9999");
  Socket client = connect_as(kClaimed);
  EXPECT_NE(client.ending(kSoon).end, End::deadline);
  const auto record = record_of(client.local());
  EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
  EXPECT_TRUE(record.fields().at("identity_delivered").is_null()) << record;
  EXPECT_THAT(warnings(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Path, PeernamePlace, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
