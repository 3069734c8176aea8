#include "capture/link.h"

#include <algorithm>
#include <array>

#include "net/bytes.h"

namespace realpeer::capture {
namespace {

constexpr std::uint16_t ether_type_ipv4 = 0x0800;
constexpr std::uint16_t ether_type_ipv6 = 0x86DD;
constexpr std::array<std::uint16_t, 3> ether_types_vlan{0x8100, 0x88A8, 0x9100};  // 802.1Q, 802.1ad, QinQ before it
constexpr int most_tags = 4;

bool is_vlan(std::uint16_t type) { return std::ranges::find(ether_types_vlan, type) != ether_types_vlan.end(); }

// `type` is the EtherType before what is left of the packet.
std::optional<Unread> pass_tags(std::uint16_t type, Octets& packet) {
  for (int tags = 0; is_vlan(type); ++tags) {
    if (tags == most_tags) return Unread::too_many_headers;
    const auto tag = packet.take(4);  // priority and id, and the EtherType of what follows
    if (!tag) return tag.error();
    type = u16_at(*tag, 2);
  }
  if (type != ether_type_ipv4 && type != ether_type_ipv6) return Unread::not_ip;
  return std::nullopt;
}

// A header of `length` bytes with an EtherType at `type_at`.
std::optional<Unread> pass_header(std::size_t length, std::size_t type_at, Octets& packet) {
  const auto header = packet.take(length);
  if (!header) return header.error();
  return pass_tags(u16_at(*header, type_at), packet);
}

// Four bytes, in the byte order of the host that captured (NULL) or of the network (LOOP).
std::optional<Unread> pass_family(Octets& packet) {
  constexpr std::array<std::uint32_t, 5> families{2, 10, 24, 28, 30};  // AF_INET; AF_INET6 as systems number it
  const auto header = packet.take(4);
  if (!header) return header.error();
  const std::uint32_t number = u32_at(*header, 0);
  const bool ip =
      std::ranges::any_of(families, [=](auto family) { return number == family || number == family << 24U; });
  return ip ? std::nullopt : std::optional(Unread::not_ip);
}

}  // namespace

std::optional<Unread> pass_link(LinkType type, Octets& packet) {
  switch (type) {
    case LinkType::ethernet: return pass_header(14, 12, packet);
    case LinkType::linux_cooked: return pass_header(16, 14, packet);
    case LinkType::linux_cooked2: return pass_header(20, 0, packet);
    case LinkType::loopback: return pass_family(packet);
    case LinkType::ip: return std::nullopt;
  }
  return Unread::not_ip;
}

}  // namespace realpeer::capture
