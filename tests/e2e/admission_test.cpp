// SYNs are judged where clients come in: dropped by the kernel there, refused by the daemon elsewhere.
#include "e2e/admission.h"

#include <signal.h>

namespace realpeer::testing {
namespace {

constexpr const char* kStrict = "accept_proxy: strict, trusted_cidrs: [203.0.113.42, 'fd00:c::42'], untrusted: drop";

class Admission : public AdmissionChain {};

TEST_P(Admission, IsAttachedInTheDriverAndGoneWithTheDaemon) {
  start_admitting("admission: { interfaces: [wan0] }", kStrict);
  EXPECT_TRUE(eventually([&] { return said("admission on wan0: native"); }, kSoon)) << gateway->process().errors();
  EXPECT_TRUE(xdp_on("wan0"));
  gateway.reset();
  EXPECT_FALSE(xdp_on("wan0"));
}

TEST_P(Admission, IsGoneWithADaemonThatIsKilledAndTakenUpByTheNext) {
  start_admitting("admission: { interfaces: [wan0] }", kStrict);
  gateway->process().signal(SIGKILL);
  ASSERT_TRUE(gateway->process().wait(kSoon));
  EXPECT_TRUE(eventually([&] { return !xdp_on("wan0"); }, kSoon));
  gateway.reset();
  start_gateway();
  EXPECT_TRUE(xdp_on("wan0"));
}

TEST_P(Admission, DropsTheUntrustedBeforeThereIsASocket) {
  start_admitting("admission: { interfaces: [wan0] }", kStrict);
  const Dialling stranger = dial(kStranger);
  EXPECT_TRUE(eventually([&] { return judged("untrusted") >= 1; }, kSoon));
  EXPECT_FALSE(stranger.connected());
  // The gateway it is there for is not hindered.
  auto ends = open();
  expect_conversation(ends.client, ends.server);
  EXPECT_FALSE(stranger.connected());
  EXPECT_FALSE(backend->pending_within(Duration{0}));
  for (const auto& record : gateway->log().records()) EXPECT_NE(record.text("reason"), "untrusted_source") << record;
}

TEST_P(Admission, DropsTheUntrustedOfIPv6Alike) {
  config.binds = {"[::]:7000"};
  start_admitting("admission: { interfaces: [wan0] }", kStrict);
  const Dialling stranger(net->client, endpoint("[fd00:c::1]:7000"), endpoint("[fd00:c::66]:0"));
  EXPECT_TRUE(eventually([&] { return judged("untrusted") >= 1; }, kSoon));
  EXPECT_FALSE(stranger.connected());
  Socket trusted = testing::connect(net->client, endpoint("[fd00:c::1]:7000"), {.from = endpoint("[fd00:c::42]:0")});
  trusted.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
}

TEST_P(Admission, DropsTheDeniedAndRefusesThemWhereItIsNotAttached) {
  config.binds = {"0.0.0.0:7000"};
  start_admitting("admission: { interfaces: [wan0], denied_cidrs: [203.0.113.64/26, 10.77.0.2] }", "accept_proxy: off");
  const Dialling denied(net->client, endpoint("203.0.113.1:7000"), kStranger);
  EXPECT_TRUE(eventually([&] { return judged("denied") >= 1; }, kSoon));
  EXPECT_FALSE(denied.connected());
  Socket other_side = testing::connect(net->backend, endpoint("10.77.0.1:7000"), {.from = endpoint("10.77.0.2:0")});
  EXPECT_NE(other_side.ending().end, End::deadline);
  const auto record = record_of(other_side.local());
  EXPECT_EQ(record.text("reason"), "client_denied") << record;
  EXPECT_EQ(record.text("detail"), "admission.denied_cidrs") << record;
}

TEST_P(Admission, HoldsEachSourceToItsSynRate) {
  start_admitting("admission: { interfaces: [wan0] }\nlimits: { per_source_syn: { rate: 1/h, burst: 3 } }",
                  "accept_proxy: off");
  for (int i = 0; i < 3; ++i) EXPECT_NO_THROW(connect({.from = kStranger})) << i;
  const Dialling fourth = dial(kStranger);
  EXPECT_TRUE(eventually([&] { return judged("syn_rate") >= 1; }, kSoon));
  EXPECT_FALSE(fourth.connected());
  EXPECT_NO_THROW(connect()) << "another source";
}

TEST_P(Admission, LeavesOtherPortsAndAnswersAlone) {
  start_admitting("admission: { interfaces: [wan0], denied_cidrs: [203.0.113.0/24] }", "accept_proxy: off");
  Listener beside(net->gateway, endpoint("203.0.113.1:7100"));
  Socket client = testing::connect(net->client, endpoint("203.0.113.1:7100"));
  Socket server = beside.accept();
  expect_conversation(client, server);
  // Out of the same interface: the SYN-ACK that comes back is no SYN.
  Listener outside(net->client, endpoint("203.0.113.42:7200"));
  EXPECT_NO_THROW(testing::connect(net->gateway, endpoint("203.0.113.42:7200")));
}

TEST_P(Admission, WaitsForAnInterfaceAndForItsNextLife) {
  start_admitting("admission: { interfaces: [wan0, later0] }", "accept_proxy: off");
  EXPECT_TRUE(said("admission on later0: there is no such interface"));
  for (int life = 1; life <= 2; ++life) {
    in_netns(net->gateway, [] { ip_batch("link add later0 type veth peer name later1"); });
    EXPECT_TRUE(eventually([&] { return xdp_on("later0"); }, kSoon)) << "life " << life;
    in_netns(net->gateway, [] { ip_batch("link del later0"); });
    EXPECT_TRUE(
        eventually([&] { return times_said("admission on later0: there is no such interface") == life + 1; }, kSoon));
  }
}

TEST_P(Admission, SaysWhatKeepsItFromAnInterfaceThatCame) {
  start_admitting("admission: { interfaces: [wan0, later0], mode: native }", "accept_proxy: off");
  in_netns(net->gateway, [] { ip_batch("tuntap add later0 mode tun"); });
  EXPECT_TRUE(eventually(
      [&] { return said("admission on later0: cannot attach XDP to later0: it has no Ethernet header"); }, kSoon))
      << gateway->process().errors();
}

TEST_P(Admission, RefusesAnInterfaceUnderTwoNames) {
  in_netns(net->gateway, [] { ip_batch("link property add dev wan0 altname outside0"); });
  config.text = document("admission: { interfaces: [wan0, outside0] }", "accept_proxy: off", config.binds.front());
  ProcessOptions options;
  options.netns = &net->gateway;
  const TemporaryDirectory directory;
  const auto refused =
      run({REALPEER_BINARY, "run", "--config", directory.write("r.yaml", config.yaml()).string()}, options);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.errors.find("admission on outside0: it is wan0 by another name"), std::string::npos)
      << refused.errors;
}

TEST_P(Admission, NeverReplacesAnotherProgram) {
  start_admitting("admission: { interfaces: [wan0] }", "accept_proxy: off");
  GatewayConfig second = config;
  second.node = unique_node();
  second.text = document("admission: { interfaces: [wan0], mode: native }", "accept_proxy: off", "203.0.113.1:7001");
  ProcessOptions options;
  options.netns = &net->gateway;
  const TemporaryDirectory directory;
  const auto refused =
      run({REALPEER_BINARY, "run", "--config", directory.write("second.yaml", second.yaml()).string()}, options);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.errors.find("admission on wan0: cannot attach XDP to wan0: program 'admit_xdp'"), std::string::npos)
      << refused.errors;
  // By itself it takes the other place, and both judge.
  second.text = document("admission: { interfaces: [wan0], denied_cidrs: [203.0.113.66] }", "accept_proxy: off",
                         "203.0.113.1:7001");
  const Daemon beside(REALPEER_BINARY, second, options);
  EXPECT_NO_THROW(testing::connect(net->client, endpoint("203.0.113.1:7001")));
  const Dialling denied(net->client, endpoint("203.0.113.1:7001"), kStranger);
  EXPECT_NO_THROW(connect({.from = kStranger})) << "the first daemon's listener does not deny it";
  EXPECT_FALSE(denied.connected());
}

TEST_P(Admission, IsRefusedInWordsWithoutTheRightTo) {
  config.text = document("admission: { interfaces: [wan0] }", "accept_proxy: off", config.binds.front());
  ProcessOptions options;
  options.netns = &net->gateway;
  options.user = 65'534;
  const TemporaryDirectory directory;
  const auto refused =
      run({REALPEER_BINARY, "run", "--config", directory.write("r.yaml", config.yaml()).string()}, options);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.errors.find("admission cannot be had here: "), std::string::npos) << refused.errors;
}

TEST_P(Admission, HoldsAListenerToItsOwnCeiling) {
  start_admitting("", "accept_proxy: off, max_connections: 2");
  Socket first = connect();
  Socket second = connect();
  const Socket first_served = backend->accept();
  const Socket second_served = backend->accept();
  Socket third = connect();
  EXPECT_NE(third.ending().end, End::deadline);
  const auto record = record_of(third.local());
  EXPECT_EQ(record.text("reason"), "too_many_connections") << record;
  EXPECT_EQ(record.text("detail"), "max_connections of the listener") << record;
  first.reset();
  second.reset();
  EXPECT_TRUE(eventually(
      [&] {
        Socket next = connect();
        if (!backend->pending_within(Duration{200})) return false;
        backend->accept();
        return !next.readable_within(Duration{0});
      },
      kSoon));
}

INSTANTIATE_TEST_SUITE_P(Relay, Admission, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
