#include "capture/packet.h"

#include <algorithm>

#include "net/bytes.h"

namespace realpeer::capture {
namespace {

using boost::system::result;

constexpr std::uint8_t protocol_tcp = 6;

struct Addresses {
  net::Address source;
  net::Address destination;
};

boost::asio::ip::address_v6 v6_at(std::string_view bytes, std::size_t at) {
  boost::asio::ip::address_v6::bytes_type raw;
  std::ranges::copy(bytes.substr(at, raw.size()), raw.begin());
  return boost::asio::ip::address_v6(raw);
}

// RFC 791 section 3.1.
result<Addresses, Unread> pass_ipv4(Octets& packet) {
  constexpr std::size_t fixed_length = 20;
  constexpr std::uint16_t more_and_offset = 0x3FFF;
  const auto fixed = packet.take(fixed_length);
  if (!fixed) return fixed.error();
  const std::size_t header_length = std::size_t{4} * (u8_at(*fixed, 0) & 0xFU);
  const std::size_t total_length = u16_at(*fixed, 2);
  if (header_length < fixed_length) return Unread::malformed;
  // 0 stands for more than fits: a packet that the interface is yet to cut into segments.
  if (total_length != 0 && total_length < header_length) return Unread::malformed;
  if (total_length != 0) packet.end_after(total_length - fixed_length);
  if ((u16_at(*fixed, 6) & more_and_offset) != 0) return Unread::fragment;
  if (u8_at(*fixed, 9) != protocol_tcp) return Unread::not_tcp;
  if (!packet.pass(header_length - fixed_length)) return Unread::malformed;
  return Addresses{boost::asio::ip::address_v4(u32_at(*fixed, 12)), boost::asio::ip::address_v4(u32_at(*fixed, 16))};
}

// RFC 8200 section 4; Authentication: RFC 4302. `protocol` is the first header's, and then what follows the last.
std::optional<Unread> pass_extensions(std::uint8_t protocol, Octets& packet) {
  constexpr int most_headers = 8;
  constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, destination_options = 60;
  constexpr std::uint16_t more_and_offset = 0xFFF9;
  for (int headers = 0; protocol != protocol_tcp; ++headers) {
    const bool known = protocol == hop_by_hop || protocol == routing || protocol == fragment ||
                       protocol == authentication || protocol == destination_options;
    if (!known) return Unread::not_tcp;
    if (headers == most_headers) return Unread::too_many_headers;
    const auto header = packet.take(8);  // none is shorter
    if (!header) return header.error();
    const std::size_t units = u8_at(*header, 1);
    if (protocol == fragment && (u16_at(*header, 2) & more_and_offset) != 0) return Unread::fragment;
    const std::size_t unit = protocol == fragment ? 0 : protocol == authentication ? 4 : 8;
    if (!packet.pass(unit * units)) return Unread::malformed;
    protocol = u8_at(*header, 0);
  }
  return std::nullopt;
}

result<Addresses, Unread> pass_ipv6(Octets& packet) {
  const auto fixed = packet.take(40);
  if (!fixed) return fixed.error();
  // 0 as in IPv4, or a jumbogram (RFC 2675), whose length an extension header has: the packet's is as good.
  if (const std::size_t length = u16_at(*fixed, 4); length != 0) packet.end_after(length);
  if (const auto stopped = pass_extensions(u8_at(*fixed, 6), packet)) return *stopped;
  return Addresses{v6_at(*fixed, 8), v6_at(*fixed, 24)};
}

result<Addresses, Unread> pass_ip(Octets& packet) {
  if (packet.captured().empty()) return packet.cut() > 0 ? Unread::cut : Unread::malformed;
  switch (u8_at(packet.captured(), 0) >> 4U) {
    case 4: return pass_ipv4(packet);
    case 6: return pass_ipv6(packet);
    default: return Unread::malformed;
  }
}

}  // namespace

result<Segment, Unread> read_packet(LinkType link, std::span<const std::byte> captured, std::size_t length) {
  constexpr std::size_t fixed_length = 20;  // of a TCP header, RFC 9293 section 3.1
  Octets packet(as_text(captured), length);
  if (const auto stopped = pass_link(link, packet)) return *stopped;
  const auto addresses = pass_ip(packet);
  if (!addresses) return addresses.error();
  const auto tcp = packet.take(fixed_length);
  if (!tcp) return tcp.error();
  const std::size_t header_length = std::size_t{4} * (u8_at(*tcp, 12) >> 4U);
  if (header_length < fixed_length) return Unread::malformed;
  if (!packet.pass(header_length - fixed_length)) return Unread::malformed;
  const std::uint8_t flags = u8_at(*tcp, 13);
  return Segment{.source = {addresses->source, u16_at(*tcp, 0)},
                 .destination = {addresses->destination, u16_at(*tcp, 2)},
                 .sequence = u32_at(*tcp, 4),
                 .acknowledged = u32_at(*tcp, 8),
                 .syn = (flags & 0x02U) != 0,
                 .ack = (flags & 0x10U) != 0,
                 .fin = (flags & 0x01U) != 0,
                 .rst = (flags & 0x04U) != 0,
                 .payload = packet.captured(),
                 .cut = packet.cut()};
}

}  // namespace realpeer::capture
