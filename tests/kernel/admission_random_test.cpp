// The programs against the model, on packets composed and broken at random. The seed is printed with what differs.
#include <gtest/gtest.h>

#include <array>
#include <iomanip>
#include <map>
#include <random>
#include <sstream>

#include "kernel/admission_model.h"
#include "kernel/judge.h"

namespace realpeer::test {
namespace {

using testing::Bytes;
using testing::packet;
using testing::Packet;

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename List>
  auto of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937 engine_;
};

const std::array<const char*, 5> sources{"203.0.113.42", "192.0.2.7", "198.51.100.9", "10.1.2.3", "192.0.3.7"};
const std::array<const char*, 5> sources6{"2001:db8::42", "2001:db8:1::7", "2001:db8:bad::9", "fd00::3",
                                          "::ffff:192.0.2.7"};
const std::array<const char*, 3> hosts{"10.0.0.1", "10.0.0.2", "0.0.0.0"};
const std::array<const char*, 4> hosts6{"fd00::1", "fd00::2", "::", "::ffff:10.0.0.1"};
const std::array<std::uint16_t, 4> ports{443, 444, 80, 0};

kernel::AdmissionRules rules() {
  return {.listeners = {strict("0.0.0.0:443", {"192.0.2.0/24", "10.0.0.0/8"}), listener("10.0.0.1:443"),
                        strict("[::]:443", {"2001:db8:1::/48", "192.0.2.0/25"}), listener("[fd00::1]:443", {"::/0"}),
                        strict("[::]:444", {"::/0"})},
          .denied = networks({"198.51.100.0/24", "2001:db8:bad::/48", "192.0.2.7/32"})};
}

void add_extension(Packet& packet, Chance& chance) {
  const auto units = static_cast<std::uint8_t>(chance.one_in(8) ? chance.below(256) : chance.below(4));
  switch (chance.below(5)) {
    case 0: packet.hop_by_hop(units); break;
    case 1: packet.routing(units); break;
    case 2: packet.destination_options(units); break;
    case 3: packet.authentication(units); break;
    default:
      packet.fragment(static_cast<std::uint16_t>(chance.one_in(3) ? 8 * chance.below(100) : 0), chance.one_in(4));
  }
}

void add_network(Packet& packet, Chance& chance) {
  if (chance.one_in(2)) {
    packet.ipv4(chance.of(sources), chance.of(hosts));
    if (chance.one_in(3)) packet.options(4 * chance.below(11));
    if (chance.one_in(8)) packet.part(static_cast<std::uint16_t>(8 * chance.below(100)), chance.one_in(2));
    return;
  }
  packet.ipv6(chance.of(sources6), chance.of(hosts6));
  const std::size_t extensions = chance.one_in(2) ? chance.below(10) : 0;
  for (std::size_t i = 0; i < extensions; ++i) add_extension(packet, chance);
}

Bytes random_packet(Chance& chance) {
  auto composed = packet().ethernet();
  const std::size_t tags = chance.one_in(3) ? chance.below(4) : 0;
  for (std::size_t i = 0; i < tags; ++i) composed.vlan(100, chance.one_in(2) ? 0x8100 : 0x88a8);
  add_network(composed, chance);
  switch (chance.below(8)) {
    case 0: composed.udp(443); break;
    case 1: composed.other(static_cast<std::uint16_t>(chance.below(256)), chance.below(40)); break;
    default: composed.tcp(chance.of(ports)).syn();
  }
  if (chance.one_in(6)) composed.payload(chance.below(100));
  return composed.bytes();
}

void mutate(Bytes& bytes, Chance& chance) {
  for (std::size_t i = chance.below(4); i > 0; --i) {
    // Mostly in headers that say what follows: the addresses of Ethernet say nothing.
    bytes[12 + chance.below(bytes.size() - 12)] = static_cast<std::uint8_t>(chance.below(256));
  }
  if (chance.one_in(4)) bytes.resize(15 + chance.below(bytes.size() - 14));
}

std::string hex(const Bytes& bytes) {
  std::ostringstream out;
  for (const auto byte : bytes) out << std::hex << std::setw(2) << std::setfill('0') << int{byte};
  return out.str();
}

// What a TC test run refuses: a named IP header that is not all there.
bool tc_takes(const Bytes& bytes) {
  const int type = bytes[12] << 8 | bytes[13];
  return bytes.size() >= (type == 0x0800 ? 34U : type == 0x86dd ? 54U : 15U);
}

TEST(AdmissionRandom, AgreesWithTheModel) {
  constexpr unsigned seed = 20'240'611;
  Chance chance(seed);
  const Judge judge;
  const auto asked = rules();
  judge.apply(asked);
  std::map<std::string, int> seen;
  for (int i = 0; i < 60'000; ++i) {
    auto bytes = random_packet(chance);
    if (bytes.size() > 3000) continue;  // would be spread over several buffers, of which XDP sees the first
    if (!chance.one_in(3)) mutate(bytes, chance);
    const auto expected = model_verdict(bytes, asked);
    ++seen[expected];
    ASSERT_EQ(judge.verdict(Hook::xdp, bytes), expected) << "seed " << seed << ", number " << i << ": " << hex(bytes);
    if (!tc_takes(bytes)) continue;
    ASSERT_EQ(judge.verdict(Hook::tc, bytes), expected) << "seed " << seed << ", number " << i << ": " << hex(bytes);
  }
  // The packets reach every reading, or they would prove little.
  for (const auto* reading :
       {"passed", "admitted", "denied", "untrusted", "fragment", "truncated", "malformed", "too_deep"}) {
    EXPECT_GT(seen[reading], 100) << reading;
  }
}

}  // namespace
}  // namespace realpeer::test
