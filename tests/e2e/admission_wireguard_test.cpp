// SYNs that come in through a tunnel are judged in it: edge ═══ WireGuard ═══ gateway — backend.
#include <csignal>

#include "e2e/chain.h"
#include "harness/admission_status.h"
#include "harness/attempt.h"
#include "harness/wireguard.h"

namespace realpeer::testing {
namespace {

// What the tests need of a family: the gateway, the edge that it trusts, and another address at the edge's end.
struct Family {
  Endpoint gateway;
  Endpoint edge;
  Endpoint stranger;
  std::string header;
  Endpoint claimed;
};

const Family kIpv4{.gateway = endpoint("10.9.0.2:7000"),
                   .edge = endpoint("10.9.0.1:0"),
                   .stranger = endpoint("10.9.0.66:0"),
                   .header = proxy_v2(kClaimed, kDialled),
                   .claimed = kClaimed};
const Family kIpv6{.gateway = endpoint("[fd00:9::2]:7000"),
                   .edge = endpoint("[fd00:9::1]:0"),
                   .stranger = endpoint("[fd00:9::66]:0"),
                   .header = proxy_v2(endpoint("[2001:db8::7]:40001"), endpoint("[2001:db8::10]:443")),
                   .claimed = endpoint("[2001:db8::7]:40001")};

class AdmissionInATunnel : public Chain {
 protected:
  void SetUp() override {
    Chain::SetUp();
    if (IsSkipped()) return;
    config.text = R"(
listeners:
  - name: tunnel
    bind: "[::]:7000"
    accept_proxy: strict
    trusted_cidrs: [10.9.0.1/32, "fd00:9::1/128"]
    untrusted: drop
    route: { backend: app }
backends:
  app: { endpoints: ["10.77.0.2:9000"], identity: proxy-v2 }
admission: { interfaces: [)" +
                  interface + "], mode: auto }\n";
  }
  void TearDown() override {
    Chain::TearDown();
    tunnel.reset();
  }

  void make_tunnel() {
    tunnel.emplace(WireguardEnd{.netns = net->client,
                                .interface = wireguard_interface("ed"),
                                .outside = "203.0.113.42",
                                .addresses = {"10.9.0.1/24", "10.9.0.66/24", "fd00:9::1/64", "fd00:9::66/64"}},
                   WireguardEnd{.netns = net->gateway,
                                .interface = interface,
                                .outside = "203.0.113.1",
                                .addresses = {"10.9.0.2/24", "fd00:9::2/64"}});
  }

  // The line of an interface that is judged on.
  [[nodiscard]] std::string attached() const {
    return "admission on " + interface + ": tc: " + interface + " has no Ethernet header";
  }
  [[nodiscard]] std::string waiting() const { return "admission on " + interface + ": there is no such interface"; }

  // The edge connects and speaks for a client; the backend hears of that one, and both talk.
  void expect_served(const Family& family) {
    Socket edge = testing::connect(net->client, family.gateway, {.from = family.edge});
    const auto peer = edge.local();
    edge.send_all(family.header);
    Socket server = backend->accept();
    const auto header = read_proxy_v2(server);
    EXPECT_EQ(header.source, family.claimed);
    expect_conversation(edge, server);
    edge.close();
    server.close();
    const auto record = record_of(peer);
    EXPECT_EQ(record.text("client_addr"), to_string(family.claimed)) << record;
    EXPECT_TRUE(record.boolean("trusted")) << record;
  }

  // Three SYNs from the other address are dropped, and nothing comes of them.
  void expect_dropped(const Family& family) {
    const auto before = AdmissionCounters(*gateway).of("untrusted");
    std::vector<Attempt> attempts;
    attempts.reserve(3);
    for (int i = 0; i < 3; ++i)
      attempts.emplace_back(net->client, family.gateway, SocketOptions{.from = family.stranger});
    EXPECT_GE(admission_count(*gateway, "untrusted", before + 3), before + 3);
    for (const auto& attempt : attempts) EXPECT_TRUE(attempt.unanswered()) << to_string(attempt.local());
    // Later than these came the edge's; so what there was of them would be there.
    expect_served(family);
    for (const auto& attempt : attempts) EXPECT_TRUE(attempt.unanswered()) << to_string(attempt.local());
    EXPECT_FALSE(backend->pending_within(Duration{0}));
    for (const auto& record : gateway->log().records()) {
      const auto peer = endpoint(record.text("peer_addr"));
      EXPECT_NE(peer.address(), family.stranger.address()) << record;
    }
  }

  std::string interface = wireguard_interface("gw");
  std::optional<WireguardTunnel> tunnel;
};

TEST_P(AdmissionInATunnel, IsAttachedToTcSinceThereIsNoEthernetHeader) {
  make_tunnel();
  start();
  EXPECT_EQ(lines_logged(*gateway, attached()), 1U) << "at the start";
  EXPECT_EQ(AdmissionCounters(*gateway).all().size(), 0U);
  EXPECT_EQ(lines_logged(*gateway, attached()), 2U) << "in its status";
  EXPECT_EQ(lines_logged(*gateway, waiting()), 0U);
}

TEST_P(AdmissionInATunnel, AdmitsTheTrustedGatewayWithItsHeader) {
  make_tunnel();
  start();
  expect_served(kIpv4);
  expect_served(kIpv6);
  const AdmissionCounters counted(*gateway);
  EXPECT_EQ(counted.of("admitted"), 2U) << counted.line();
  EXPECT_EQ(counted.all().size(), 1U) << counted.line();
}

TEST_P(AdmissionInATunnel, DropsAStrangerWithoutAnAnswer) {
  make_tunnel();
  start();
  expect_dropped(kIpv4);
  expect_dropped(kIpv6);
  EXPECT_EQ(AdmissionCounters(*gateway).of("admitted"), 2U) << "of the edge's";
}

TEST_P(AdmissionInATunnel, FollowsATunnelThatComesLaterAndIsMadeAnew) {
  start();
  EXPECT_TRUE(logs(*gateway, waiting()));
  for (std::size_t round = 1; round <= 3; ++round) {
    const auto before = lines_logged(*gateway, attached());
    make_tunnel();
    ASSERT_TRUE(logs(*gateway, attached(), before + 1)) << "round " << round;
    EXPECT_EQ(lines_logged(*gateway, waiting()), round);
    expect_dropped(kIpv4);
    expect_dropped(kIpv6);
    tunnel.reset();
    EXPECT_TRUE(logs(*gateway, waiting(), round + 1));
  }
}

// Gone and back before the daemon looks: the name is the same, the interface is not.
TEST_P(AdmissionInATunnel, IsNotFooledByATunnelReplacedAtOnce) {
  make_tunnel();
  start();
  const auto before = lines_logged(*gateway, attached());
  gateway->process().signal(SIGSTOP);
  tunnel.reset();
  make_tunnel();
  gateway->process().signal(SIGCONT);
  ASSERT_TRUE(logs(*gateway, attached(), before + 1));
  EXPECT_EQ(lines_logged(*gateway, waiting()), 0U);
  expect_dropped(kIpv4);
}

INSTANTIATE_TEST_SUITE_P(Path, AdmissionInATunnel, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
