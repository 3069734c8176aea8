// What the admission programs find in a packet: every branch of bpf/packet.h, in both of its hooks.
#include <gtest/gtest.h>

#include "kernel/judge.h"

namespace realpeer::test {
namespace {

using testing::Bytes;
using testing::packet;

constexpr const char* client = "203.0.113.42";
constexpr const char* host = "10.0.0.1";
constexpr const char* client6 = "2001:db8:1::42";
constexpr const char* host6 = "fd00::1";
constexpr std::uint16_t port = 443;

class AdmissionParse : public ::testing::TestWithParam<Hook> {
 protected:
  AdmissionParse() { judge_.apply({.listeners = {listener("[::]:443")}}); }

  [[nodiscard]] std::string verdict(const Bytes& bytes) const { return judge_.verdict(GetParam(), bytes); }
  [[nodiscard]] std::string verdict(const testing::Packet& composed) const { return verdict(composed.bytes()); }
  // As verdict() of the first `size` bytes of the frame.
  [[nodiscard]] std::string cut(const testing::Packet& composed, std::size_t size) const {
    auto bytes = composed.bytes();
    bytes.resize(size);
    return verdict(bytes);
  }
  // The shortest frame the kernel takes for a test run: for TC it wants a byte behind the Ethernet header, and all of
  // an IP header that is named there.
  static std::size_t shortest(std::size_t ip_header = 1) { return GetParam() == Hook::tc ? 14 + ip_header : 14; }

  Judge judge_;
};
INSTANTIATE_TEST_SUITE_P(Hooks, AdmissionParse, ::testing::Values(Hook::xdp, Hook::tc),
                         ::testing::PrintToStringParamName());

TEST_P(AdmissionParse, FindsASynOfBothFamilies) {
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).tcp(port).syn()), "admitted");
}

TEST_P(AdmissionParse, LooksAtSynsWithoutAckOnly) {
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port)), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port).ack()), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port).syn().ack()), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port).rst()), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).tcp(port).fin().ack()), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).tcp(port).syn().ack()), "passed");
  // Odd, but a SYN to whoever listens.
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).tcp(port).syn().fin()), "admitted");
}

TEST_P(AdmissionParse, PassesWhatIsNoTcp) {
  EXPECT_EQ(verdict(packet().ethernet().other(0x0806, 28)), "passed");  // ARP
  EXPECT_EQ(verdict(packet().ethernet().other(60, 60)), "passed");      // an 802.3 length
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).udp(port)), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).other(1, 20)), "passed");  // ICMP
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).udp(port)), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).other(58, 20)), "passed");             // ICMPv6
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).other(50, 40)), "passed");             // ESP
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).other(59, 0).payload(40)), "passed");  // no next header
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).other(135, 40)), "passed");            // a type above 63
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).hop_by_hop().udp(port)), "passed");
}

TEST_P(AdmissionParse, ReadsBehindUpToTwoVlanTags) {
  EXPECT_EQ(verdict(packet().ethernet().vlan(100).ipv4(client, host).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().vlan(7, 0x88a8).vlan(100).ipv4(client, host).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().vlan(7).vlan(100).ipv6(client6, host6).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().vlan(7).vlan(100).ipv6(client6, host6).udp(port)), "passed");
  EXPECT_EQ(verdict(packet().ethernet().vlan(7).vlan(8).vlan(9).ipv4(client, host).tcp(port).syn()), "too_deep");
}

TEST_P(AdmissionParse, StepsOverIpv4OptionsOfAnyLength) {
  for (std::size_t options = 0; options <= 40; options += 4) {
    SCOPED_TRACE(options);
    EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).options(options).tcp(port).syn()), "admitted");
    EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).options(options).tcp(port).ack()), "passed");
  }
}

TEST_P(AdmissionParse, StepsOverEveryExtensionHeader) {
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).hop_by_hop().tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).routing(2).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).destination_options(5).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).authentication(4).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).authentication(0).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet()
                        .ethernet()
                        .ipv6(client6, host6)
                        .hop_by_hop(1)
                        .destination_options()
                        .routing()
                        .fragment(0, false)
                        .authentication(3)
                        .destination_options(2)
                        .tcp(port)
                        .syn()),
            "admitted");
}

TEST_P(AdmissionParse, StepsOverTheLongestExtensionHeader) {
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).hop_by_hop(255).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).authentication(255).tcp(port).syn()), "admitted");
}

TEST_P(AdmissionParse, StepsOverAtMostEightExtensionHeaders) {
  auto eight = packet().ethernet().ipv6(client6, host6);
  for (int i = 0; i < 8; ++i) eight.destination_options();
  auto nine = eight;
  EXPECT_EQ(verdict(eight.tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(nine.destination_options().tcp(port).syn()), "too_deep");
}

TEST_P(AdmissionParse, PassesFragmentsOfTcpAndCountsThem) {
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).part(0, true).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).part(24, true).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).part(24, false).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).fragment(0, true).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).fragment(24, false).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).fragment(0, true).destination_options().tcp(port).syn()),
            "fragment");
}

TEST_P(AdmissionParse, PassesFragmentsOfOtherProtocolsUncounted) {
  EXPECT_EQ(verdict(packet().ethernet().ipv4(client, host).part(0, true).udp(port)), "passed");
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).fragment(0, true).udp(port)), "passed");
}

TEST_P(AdmissionParse, ReadsAPacketThatIsItsOnlyFragment) {
  EXPECT_EQ(verdict(packet().ethernet().ipv6(client6, host6).fragment(0, false).tcp(port).syn()), "admitted");
}

TEST_P(AdmissionParse, ReadsAPacketThatMustNotBeFragmented) {
  auto bytes = packet().ethernet().ipv4(client, host).tcp(port).syn().bytes();
  bytes[14 + 6] = 0x40;
  EXPECT_EQ(verdict(bytes), "admitted");
}

TEST_P(AdmissionParse, PassesAnIpHeaderThatContradictsItself) {
  auto bytes = packet().ethernet().ipv4(client, host).tcp(port).syn().bytes();
  bytes[14] = 0x44;  // a header of 16 bytes
  EXPECT_EQ(verdict(bytes), "malformed");
  bytes[14] = 0x65;  // version 6
  EXPECT_EQ(verdict(bytes), "malformed");
  bytes = packet().ethernet().ipv6(client6, host6).tcp(port).syn().bytes();
  bytes[14] = 0x40;
  EXPECT_EQ(verdict(bytes), "malformed");
}

TEST_P(AdmissionParse, PassesASynCutAtAnyLengthAndCountsIt) {
  const auto v4 = packet().ethernet().vlan(100).ipv4(client, host).options(8).tcp(port).syn();
  for (std::size_t size = shortest(); size < v4.bytes().size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(cut(v4, size), "truncated");
  }
  EXPECT_EQ(cut(v4, v4.bytes().size()), "admitted");
  const auto v6 = packet()
                      .ethernet()
                      .vlan(7, 0x88a8)
                      .vlan(100)
                      .ipv6(client6, host6)
                      .hop_by_hop(1)
                      .fragment(0, false)
                      .authentication(3)
                      .tcp(port)
                      .syn();
  for (std::size_t size = shortest(); size < v6.bytes().size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(cut(v6, size), "truncated");
  }
  EXPECT_EQ(cut(v6, v6.bytes().size()), "admitted");
}

TEST_P(AdmissionParse, CountsNothingOfOtherProtocolsFromTheirTypeOn) {
  const auto udp = packet().ethernet().ipv4(client, host).udp(port);
  for (std::size_t size = shortest(20); size <= udp.bytes().size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(cut(udp, size), size < 14 + 20 ? "truncated" : "passed");
  }
  const auto udp6 = packet().ethernet().ipv6(client6, host6).udp(port);
  for (std::size_t size = shortest(40); size <= udp6.bytes().size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(cut(udp6, size), size < 14 + 40 ? "truncated" : "passed");
  }
  const auto arp = packet().ethernet().other(0x0806, 28);
  for (std::size_t size = shortest(); size <= arp.bytes().size(); ++size) EXPECT_EQ(cut(arp, size), "passed");
}

// A test run gives every packet an Ethernet header's worth of type: bytes 12 and 13 become skb->protocol. In a packet
// that begins with its IP header these belong to the source address, which is chosen so that they name its family.
TEST(AdmissionParseL3, BeginsAtTheIpHeader) {
  const Judge judge;
  judge.apply({.listeners = {listener("[::]:443")}});
  const auto verdict = [&](const testing::Packet& composed) { return judge.verdict(Hook::tc_l3, composed.bytes()); };
  EXPECT_EQ(verdict(packet().ipv4("8.0.113.42", host).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ipv4("8.0.113.42", host).options(40).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ipv4("8.0.113.42", host).tcp(port).ack()), "passed");
  EXPECT_EQ(verdict(packet().ipv4("8.0.113.42", host).udp(port).payload(20)), "passed");
  EXPECT_EQ(verdict(packet().ipv4("8.0.113.42", host).part(0, true).tcp(port).syn()), "fragment");
  EXPECT_EQ(verdict(packet().ipv6("2001:db8:86dd::42", host6).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ipv6("2001:db8:86dd::42", host6).hop_by_hop(2).tcp(port).syn()), "admitted");
  EXPECT_EQ(verdict(packet().ipv4("129.0.113.42", host).tcp(port).syn()),
            "passed");  // 0x8100: a family it knows nothing of
  const auto whole = packet().ipv4("8.0.113.42", host).options(8).tcp(port).syn().bytes();
  for (std::size_t size = 14 + 20; size < whole.size(); ++size) {
    EXPECT_EQ(judge.verdict(Hook::tc_l3, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
              "truncated");
  }
}

}  // namespace
}  // namespace realpeer::test
