// Captured packets to segments: what stands before TCP, and what is no segment.
#include "capture/packet.h"

#include <gtest/gtest.h>

#include <functional>

#include "harness/packets.h"

namespace realpeer::capture {
namespace {

using testing::Bytes;
using testing::Packet;
using testing::packet;

boost::system::result<Segment, Unread> read(LinkType link, const Bytes& bytes) {
  return read_packet(link, std::as_bytes(std::span(bytes)), bytes.size());
}

// The same segment behind everything that may stand before it.
struct Way {
  std::string name;
  LinkType link;
  Packet before;  // up to the IP header, that included
};
void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

Packet v4(Packet before) { return before.ipv4("203.0.113.42", "10.77.0.2"); }
Packet v6(Packet before) { return before.ipv6("2001:db8::42", "fd00:b::2"); }

const std::vector<Way>& ways() {
  static const std::vector<Way> all{
      {"Ethernet", LinkType::ethernet, v4(packet().ethernet())},
      {"EthernetV6", LinkType::ethernet, v6(packet().ethernet())},
      {"Vlan", LinkType::ethernet, v4(packet().ethernet().vlan(100))},
      {"VlanV6", LinkType::ethernet, v6(packet().ethernet().vlan(100))},
      {"QinQ", LinkType::ethernet, v4(packet().ethernet().vlan(7, 0x88A8).vlan(100))},
      {"QinQBeforeItsStandard", LinkType::ethernet, v4(packet().ethernet().vlan(7, 0x9100).vlan(100))},
      {"FourTags", LinkType::ethernet, v4(packet().ethernet().vlan(1).vlan(2).vlan(3).vlan(4))},
      {"LinuxCooked", LinkType::linux_cooked, v4(packet().linux_cooked())},
      {"LinuxCookedV6", LinkType::linux_cooked, v6(packet().linux_cooked())},
      {"LinuxCookedWithATag", LinkType::linux_cooked, v4(packet().linux_cooked().vlan(100))},
      {"LinuxCooked2", LinkType::linux_cooked2, v4(packet().linux_cooked2())},
      {"LinuxCooked2V6", LinkType::linux_cooked2, v6(packet().linux_cooked2())},
      {"Ip", LinkType::ip, v4(packet())},
      {"IpV6", LinkType::ip, v6(packet())},
      {"Loopback", LinkType::loopback, v4(packet().loopback(2))},
      {"LoopbackOfABigEndianHost", LinkType::loopback, v4(packet().loopback(2, true))},
      {"LoopbackV6OfLinux", LinkType::loopback, v6(packet().loopback(10))},
      {"LoopbackV6OfOpenBsd", LinkType::loopback, v6(packet().loopback(24, true))},
      {"LoopbackV6OfFreeBsd", LinkType::loopback, v6(packet().loopback(28))},
      {"LoopbackV6OfMacOs", LinkType::loopback, v6(packet().loopback(30))},
      {"Options", LinkType::ip, v4(packet()).options(4)},
      {"TheMostOptions", LinkType::ip, v4(packet()).options(40)},
      {"HopByHop", LinkType::ip, v6(packet()).hop_by_hop()},
      {"LongHopByHop", LinkType::ip, v6(packet()).hop_by_hop(3)},
      {"Routing", LinkType::ip, v6(packet()).routing(2)},
      {"DestinationOptions", LinkType::ip, v6(packet()).destination_options(1)},
      {"Authentication", LinkType::ip, v6(packet()).authentication(4)},
      {"AFragmentThatIsAll", LinkType::ip, v6(packet()).fragment(0, false)},
      {"EightHeaders", LinkType::ip,
       v6(packet()).hop_by_hop().routing().routing().routing().routing().routing().routing().destination_options()},
  };
  return all;
}

class Ways : public ::testing::TestWithParam<Way> {};

TEST_P(Ways, LeadToTheSegment) {
  const auto [name, link, before] = GetParam();
  auto whole = before;
  const auto segment =
      read(link,
           whole.tcp(443, 55'222).sequence(0xFFFFFFF0).acknowledges(77).fin().tcp_options(12).payload("hello").bytes());
  ASSERT_TRUE(segment) << in_words(segment.error());
  const bool is_v6 = segment->source.address().is_v6();
  EXPECT_EQ(net::to_string(segment->source), is_v6 ? "[2001:db8::42]:55222" : "203.0.113.42:55222");
  EXPECT_EQ(net::to_string(segment->destination), is_v6 ? "[fd00:b::2]:443" : "10.77.0.2:443");
  EXPECT_EQ(segment->sequence, 0xFFFFFFF0U);
  EXPECT_EQ(segment->acknowledged, 77U);
  EXPECT_TRUE(segment->ack && segment->fin);
  EXPECT_FALSE(segment->syn || segment->rst);
  EXPECT_EQ(segment->payload, "hello");
  EXPECT_EQ(segment->cut, 0U);
}

INSTANTIATE_TEST_SUITE_P(Packet, Ways, ::testing::ValuesIn(ways()), [](const auto& shown) { return shown.param.name; });

// Every way, cut after every byte: before the payload there is no segment, in it there is and says what is missing.
TEST_P(Ways, CutAnywhereSaySo) {
  const auto [name, link, before] = GetParam();
  auto headers = before;
  const std::size_t fixed_end = headers.tcp(443).bytes().size();
  const Bytes whole = headers.tcp_options(8).payload("hello").bytes();
  const auto shown = std::as_bytes(std::span(whole));
  for (std::size_t kept = 0; kept < whole.size(); ++kept) {
    const auto segment = read_packet(link, shown.first(kept), whole.size());
    if (kept < fixed_end) {
      ASSERT_FALSE(segment) << "after " << kept;
      EXPECT_EQ(segment.error(), Unread::cut) << "after " << kept;
    } else {
      ASSERT_TRUE(segment) << "after " << kept;
      const std::size_t payload = kept < fixed_end + 8 ? 0 : kept - fixed_end - 8;
      EXPECT_EQ(segment->payload, std::string_view("hello").substr(0, payload));
      EXPECT_EQ(segment->payload.size() + segment->cut, 5U) << "after " << kept;
    }
  }
}

Bytes with(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

Bytes longer_by(Bytes bytes, std::size_t more) {
  bytes.resize(bytes.size() + more, 'P');
  return bytes;
}

struct Refusal {
  std::string name;
  Bytes bytes;  // of a tun device; Ethernet where the name says so
  Unread why;
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

const std::vector<Refusal>& refusals() {
  const auto tcp4 = v4(packet()).tcp(443).bytes();
  const auto tcp6 = v6(packet()).tcp(443).bytes();
  static const std::vector<Refusal> all{
      {"Nothing", {}, Unread::malformed},
      {"VersionFive", with(tcp4, 0, 0x55), Unread::malformed},
      {"AHeaderOfFourWords", with(tcp4, 0, 0x44), Unread::malformed},
      {"ATotalWithinTheHeader", with(tcp4, 3, 19), Unread::malformed},
      {"ATotalWithinTheTcpHeader", with(tcp4, 3, 39), Unread::malformed},
      {"ATotalWithinTheOptions", with(v4(packet()).options(40).tcp(443).bytes(), 3, 40), Unread::malformed},
      {"ATcpHeaderOfFourWords", with(tcp4, 32, 0x40), Unread::malformed},
      {"ATcpHeaderLongerThanThePacket", with(tcp4, 32, 0xF0), Unread::malformed},
      {"ALengthWithinTheTcpHeader", with(tcp6, 5, 19), Unread::malformed},
      {"AnExtensionLongerThanThePacket", with(v6(packet()).hop_by_hop().tcp(443).bytes(), 41, 3), Unread::malformed},
      {"FirstPart", v4(packet()).part(0, true).tcp(443).bytes(), Unread::fragment},
      {"LastPart", v4(packet()).part(1480, false).payload(100).bytes(), Unread::fragment},
      {"FirstPartV6", v6(packet()).fragment(0, true).tcp(443).bytes(), Unread::fragment},
      {"LastPartV6", v6(packet()).fragment(1480, false).payload(100).bytes(), Unread::fragment},
      {"Udp", v4(packet()).udp(53).bytes(), Unread::not_tcp},
      {"UdpV6", v6(packet()).hop_by_hop().udp(53).bytes(), Unread::not_tcp},
      {"Encrypted", v6(packet()).other(50, 40).bytes(), Unread::not_tcp},
      {"NoNextHeader", v6(packet()).other(59, 0).bytes(), Unread::not_tcp},
      {"NineHeaders",
       v6(packet())
           .hop_by_hop()
           .routing()
           .routing()
           .routing()
           .routing()
           .routing()
           .routing()
           .routing()
           .routing()
           .tcp(443)
           .bytes(),
       Unread::too_many_headers},
      {"EthernetArp", packet().ethernet().other(0x0806, 28).bytes(), Unread::not_ip},
      {"EthernetLength", packet().ethernet().other(38, 38).bytes(), Unread::not_ip},
      {"EthernetFiveTags", v4(packet().ethernet().vlan(1).vlan(2).vlan(3).vlan(4).vlan(5)).tcp(443).bytes(),
       Unread::too_many_headers},
      {"EthernetEndsInItsHeader", Bytes(13), Unread::malformed},
  };
  return all;
}

class Refusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreNamed) {
  const auto& [name, bytes, why] = GetParam();
  const auto segment = read(name.starts_with("Ethernet") ? LinkType::ethernet : LinkType::ip, bytes);
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error(), why) << in_words(segment.error());
}

INSTANTIATE_TEST_SUITE_P(Packet, Refusals, ::testing::ValuesIn(refusals()),
                         [](const auto& shown) { return shown.param.name; });

TEST(ReadPacket, AnotherFamilyThanIpIsNotIp) {
  EXPECT_EQ(read(LinkType::loopback, v4(packet().loopback(7)).tcp(443).bytes()).error(), Unread::not_ip);
}

TEST(ReadPacket, WhatMustNotBeFragmentedIsNoFragment) {
  EXPECT_TRUE(read(LinkType::ip, with(v4(packet()).tcp(443).bytes(), 6, 0x40)));
}

TEST(ReadPacket, AFragmentHeaderHasNoLength) {
  EXPECT_TRUE(read(LinkType::ip, with(v6(packet()).fragment(0, false).tcp(443).bytes(), 41, 9)));
}

TEST(ReadPacket, PaddingIsNoPayload) {
  const auto short_v4 = longer_by(v4(packet().ethernet()).tcp(443).payload("ab").bytes(), 18);
  const auto short_v6 = longer_by(v6(packet().ethernet()).tcp(443).payload("ab").bytes(), 18);
  EXPECT_EQ(read(LinkType::ethernet, short_v4)->payload, "ab");
  EXPECT_EQ(read(LinkType::ethernet, short_v6)->payload, "ab");
}

TEST(ReadPacket, APacketYetToBeCutIntoSegmentsHasNoLengthOfItsOwn) {
  auto huge_v4 = v4(packet()).tcp(443).payload(100'000).bytes();
  huge_v4[2] = huge_v4[3] = 0;
  auto huge_v6 = v6(packet()).hop_by_hop().tcp(443).payload(100'000).bytes();
  huge_v6[4] = huge_v6[5] = 0;
  EXPECT_EQ(read(LinkType::ip, huge_v4)->payload.size(), 100'000U);
  EXPECT_EQ(read(LinkType::ip, huge_v6)->payload.size(), 100'000U);
}

// As of a capture that was cut and written again by a program that did not keep the length.
TEST(ReadPacket, WhatTheIpHeaderCountsAndThePacketHasNotWasCut) {
  auto bytes = v4(packet()).tcp(443).payload(100).bytes();
  bytes.resize(bytes.size() - 60);
  const auto segment = read(LinkType::ip, bytes);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->payload.size(), 40U);
  EXPECT_EQ(segment->cut, 60U);
}

}  // namespace
}  // namespace realpeer::capture
