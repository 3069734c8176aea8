// Backends that are connected to from the client's own address.
#include "e2e/chain.h"
#include "harness/receivers/redis.h"
#include "harness/receivers/sshd.h"

namespace realpeer::testing {
namespace {

const Endpoint kClient6 = endpoint("[2001:db8::7]:40001");
const Endpoint kDialled6 = endpoint("[2001:db8::10]:443");

class Transparent : public Chain {
 protected:
  void SetUp() override {
    Chain::SetUp();
    if (IsSkipped()) return;
    config.identity = "transparent";
    // The endpoint's way back leads through the gateway, as it must.
    in_netns(net->backend, [] { ip_batch("route add default via 10.77.0.1\nroute add default via fd00:b::1"); });
    ProcessOptions here;
    here.netns = &net->gateway;
    ASSERT_EQ(run({"/usr/sbin/sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"}, here).code,
              0);
    setup("--apply");
  }

  Finished setup(const std::string& what) const {
    ProcessOptions options;
    options.netns = &net->gateway;
    auto done = run({REALPEER_BINARY, "setup", "transparent", what}, options);
    EXPECT_EQ(done.code, 0) << done.errors;
    return done;
  }
  [[nodiscard]] std::string rules() const {
    ProcessOptions options;
    options.netns = &net->gateway;
    return run({"/bin/sh", "-c",
                "ip -4 rule; ip -6 rule; ip -4 route show table 21072; ip -6 route show table 21072; nft list ruleset"},
               options)
        .output;
  }
  // A connection of this client, as far as the backend.
  Ends open_as(const Endpoint& client, const Endpoint& dialled = kDialled) {
    Socket outside = connect();
    outside.send_all(proxy_v2(client, dialled));
    Socket server = backend->accept();
    return {std::move(outside), std::move(server), {}};
  }
};

TEST_P(Transparent, TheBackendIsConnectedToByTheClient) {
  start();
  auto ends = open_as(kClaimed);
  EXPECT_EQ(ends.server.remote(), kClaimed);
  expect_conversation(ends.client, ends.server);
  const auto peer = ends.client.local();
  ends.client.close();
  ends.server.receive_until_eof();
  ends.server.close();
  const auto record = record_of(peer);
  EXPECT_TRUE(record.boolean("identity_delivered")) << record;
  EXPECT_EQ(record.text("identity"), "transparent") << record;
}

TEST_P(Transparent, IPv6Alike) {
  config.endpoints = {"[fd00:b::2]:9000"};
  backend.emplace(net->backend, endpoint("[fd00:b::2]:9000"));
  start();
  auto ends = open_as(kClient6, kDialled6);
  EXPECT_EQ(ends.server.remote(), kClient6);
  expect_conversation(ends.client, ends.server);
}

TEST_P(Transparent, LargeTransfersArriveWhole) {
  start();
  auto ends = open_as(kClaimed);
  expect_conversation(ends.client, ends.server);
  at_once({[&] { send_content(ends.client, kUpload, 32 * kMiB); },
           [&] { receive_content(ends.client, kDownload, 32 * kMiB); },
           [&] { send_content(ends.server, kDownload, 32 * kMiB); },
           [&] { receive_content(ends.server, kUpload, 32 * kMiB); }});
}

TEST_P(Transparent, AServerOnThisHostsLoopbackSeesTheClient) {
  for (const std::string at : {"127.0.0.1:9000", "[::1]:9000"}) {
    gateway.reset();
    backend.reset();
    config.endpoints = {at};
    backend.emplace(net->gateway, endpoint(at));
    start();
    const bool v6 = at.front() == '[';
    auto ends = open_as(v6 ? kClient6 : kClaimed, v6 ? kDialled6 : kDialled);
    EXPECT_EQ(ends.server.remote(), v6 ? kClient6 : kClaimed);
    expect_conversation(ends.client, ends.server);
  }
}

TEST_P(Transparent, TheClientsNextConnectionFromTheSamePortIsServed) {
  start();
  auto first = open_as(kClaimed);
  expect_conversation(first.client, first.server);
  auto beside = open_as(kClaimed);  // while the port is taken
  EXPECT_EQ(beside.server.remote().address(), kClaimed.address());
  EXPECT_NE(beside.server.remote(), kClaimed);
  expect_conversation(beside.client, beside.server);
  first.server.close();  // the backend's TIME_WAIT
  first.client.receive_until_eof();
  first.client.close();
  auto next = open_as(kClaimed);
  EXPECT_EQ(next.server.remote().address(), kClaimed.address());
  expect_conversation(next.client, next.server);
}

TEST_P(Transparent, AClientOfTheOtherFamilyIsRefusedAndNotShownAsTheGateway) {
  start();
  Socket client = connect();
  client.send_all(proxy_v2(kClient6, kDialled6));
  EXPECT_NE(client.ending().end, End::deadline);
  const auto record = record_of(client.local());
  EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
  EXPECT_NE(record.text("detail").find("shows no client to an endpoint of the other family"), std::string::npos);
  auto ends = open_as(kClaimed);
  EXPECT_EQ(ends.server.remote(), kClaimed) << "the endpoint is not to blame";
}

TEST_P(Transparent, WithoutTheSetupNobodyIsShownTheGateway) {
  setup("--undo");
  config.connect_timeout = "300ms";
  start();
  const std::string warning =
      "identity: transparent will not reach 10.77.0.2:9000: missing the rule for marked packets; the nftables table "
      "that "
      "marks answers (realpeer setup transparent --apply)";
  const auto said = [&] { return gateway->process().errors(); };
  EXPECT_TRUE(eventually([&] { return said().find(warning) != std::string::npos; }, kSoon)) << said();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled));
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_EQ(record_of(client.local()).text("reason"), "backend_timeout");
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

TEST_P(Transparent, TheSetupMayBeRepeatedAndIsTakenBackWhole) {
  const auto once = rules();
  setup("--apply");
  EXPECT_EQ(rules(), once);
  setup("--undo");
  EXPECT_EQ(rules().find("21072"), std::string::npos) << rules();
  EXPECT_EQ(rules().find("realpeer"), std::string::npos) << rules();
  setup("--undo");
  setup("--apply");
  EXPECT_EQ(rules(), once);
}

// Whatever else this host forwards to and from the endpoint goes its way.
TEST_P(Transparent, ConnectionsThatTheHostForwardsAreLeftAlone) {
  start();
  in_netns(net->client, [] { ip_batch("route add 10.77.0.0/24 via 203.0.113.1"); });
  Socket direct = testing::connect(net->client, endpoint("10.77.0.2:9000"));
  Socket server = backend->accept();
  EXPECT_EQ(server.remote(), direct.local());
  expect_conversation(direct, server);
}

TEST_P(Transparent, OpenSSHAndRedisSeeTheClient) {
  const Sshd sshd(net->backend, endpoint("10.77.0.2:2222"));
  const Redis redis(net->backend, endpoint("10.77.0.2:6379"));
  config.binds = {"203.0.113.1:7000", "203.0.113.1:7001"};
  config.text =
      "listeners:\n"
      "- { name: ssh, bind: '203.0.113.1:7000', accept_proxy: off, route: { backend: ssh } }\n"
      "- { name: redis, bind: '203.0.113.1:7001', accept_proxy: off, route: { backend: redis } }\n"
      "backends:\n"
      "  ssh: { endpoints: ['10.77.0.2:2222'], identity: transparent }\n"
      "  redis: { endpoints: ['10.77.0.2:6379'], identity: transparent }\n";
  start_gateway();
  ssh(net->client, endpoint("203.0.113.1:7000"));
  EXPECT_EQ(sshd.failed_password_from().address(), endpoint("203.0.113.42:0").address());
  Socket client = testing::connect(net->client, endpoint("203.0.113.1:7001"));
  const auto clients = redis_clients(client);
  EXPECT_NE(clients.find("addr=" + to_string(client.local()) + " "), std::string::npos) << clients;
}

// Services trust loopback: a header must not make anybody a process of the backend's host.
TEST_P(Transparent, AHeaderThatNamesLoopbackIsRefused) {
  start();
  for (const char* claimed : {"127.0.0.1:1000", "0.0.0.0:1000", "224.0.0.1:1000"}) {
    Socket client = connect();
    client.send_all(proxy_v2(endpoint(claimed), kDialled));
    EXPECT_NE(client.ending().end, End::deadline);
    const auto record = record_of(client.local());
    EXPECT_EQ(record.text("reason"), "client_denied") << record;
    EXPECT_NE(record.text("detail").find("no host has it"), std::string::npos) << record;
  }
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

// The kernel would connect from an address of its own choice.
TEST_P(Transparent, ABroadcastAddressIsRefusedAndNotShownAsTheGateway) {
  start();
  Socket client = connect();
  client.send_all(proxy_v2(endpoint("10.77.0.255:1000"), kDialled));
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_NE(record_of(client.local()).text("detail").find("10.77.0.255 is no address of a host here"),
            std::string::npos);
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

// The answers to some clients find another way: to them alone nobody is there.
TEST_P(Transparent, ClientsThatCannotBeReachedAreNotTheEndpointsFault) {
  config.connect_timeout = "200ms";
  start();
  for (int i = 0; i < 5; ++i) {
    Socket client = connect();
    client.send_all(proxy_v2(endpoint("10.77.0.77:1000"), kDialled));  // in the backend's own network
    EXPECT_NE(client.ending().end, End::deadline);
    EXPECT_EQ(record_of(client.local()).text("reason"), "backend_timeout");
  }
  auto ends = open_as(kClaimed);
  EXPECT_EQ(ends.server.remote(), kClaimed);
}

// A loopback source is routed to loopback, whatever the destination.
TEST_P(Transparent, AClientOfTheGatewaysLoopbackReachesNoServiceOfTheGateway) {
  config.text =
      "listeners: [{ name: in, bind: '[::]:7000', accept_proxy: off, route: { backend: app } }]\n"
      "backends: { app: { endpoints: ['[fd00:b::2]:9000'], identity: transparent } }\n";
  Listener own(net->gateway, endpoint("[::]:9000"));
  start_gateway();
  Socket client = testing::connect(net->gateway, endpoint("[::1]:7000"));
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_FALSE(own.pending_within(Duration{0}));
  EXPECT_NE(record_of(client.local()).text("detail").find("loopback"), std::string::npos);
}

// What people use for this today, beside us: the same setup serves it, and the backend sees the same.
TEST_P(Transparent, GoMmproxyShowsTheSame) {
  start();
  const TemporaryDirectory directory;
  const auto allowed = directory.write("allowed", "203.0.113.42/32\n").string();
  ProcessOptions options;
  options.netns = &net->gateway;
  Process mmproxy({"/usr/bin/go-mmproxy", "-l", "203.0.113.1:7100", "-4", "10.77.0.2:9000", "-6", "[fd00:b::2]:9000",
                   "--allowed-subnets", allowed},
                  options);
  ASSERT_TRUE(eventually([&] { return listening(net->gateway, 7100) || !mmproxy.running(); }, kSoon));
  Socket theirs = testing::connect(net->client, endpoint("203.0.113.1:7100"));
  theirs.send_all(proxy_v2(kClaimed, kDialled) + "question");
  Socket through_them = backend->accept();
  const Endpoint seen = through_them.remote();
  answer(through_them);
  theirs.reset();
  through_them.ending();
  through_them.close();
  auto ours = open_as(kClaimed);
  EXPECT_EQ(ours.server.remote(), seen);
  EXPECT_EQ(seen, kClaimed);
}

INSTANTIATE_TEST_SUITE_P(Path, Transparent, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
