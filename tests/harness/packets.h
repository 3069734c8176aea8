// Packets composed like sentences: packet().ethernet().vlan(100).ipv4("203.0.113.42",
// "10.0.0.1").tcp(443).syn().bytes()
//
// Each layer names itself in the type field of the one before. Lengths are right unless a test says otherwise;
// checksums are right for what a stack must accept, that is TCP over IPv4 or IPv6 without fragments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace realpeer::testing {

using Bytes = std::vector<std::uint8_t>;

class Packet {
 public:
  Packet& ethernet();
  // What stands before IP in captures of other interfaces than Ethernet: LINUX_SLL, LINUX_SLL2, and NULL or LOOP, whose
  // family is a number of the capturing host, written in either byte order.
  Packet& linux_cooked();
  Packet& linux_cooked2();
  Packet& loopback(std::uint8_t family, bool big_endian = false);
  // 802.1Q, or 802.1ad with type 0x88a8.
  Packet& vlan(std::uint16_t id, std::uint16_t type = 0x8100);
  Packet& ipv4(std::string_view source, std::string_view destination);
  // After ipv4(): a multiple of 4, at most 40 (no-operation options).
  Packet& options(std::size_t bytes);
  // After ipv4(): part of a packet that starts `offset` (a multiple of 8) into the whole.
  Packet& part(std::uint16_t offset, bool more);
  Packet& ipv6(std::string_view source, std::string_view destination);
  // After ipv6(): extension headers. `units` beyond the header's least length, of 8 bytes (AH: of 4).
  Packet& hop_by_hop(std::uint8_t units = 0) { return extension(0, units); }
  Packet& routing(std::uint8_t units = 0) { return extension(43, units); }
  Packet& destination_options(std::uint8_t units = 0) { return extension(60, units); }
  Packet& authentication(std::uint8_t units = 1) { return extension(51, units); }
  Packet& fragment(std::uint16_t offset, bool more);
  // A TCP header without flags.
  Packet& tcp(std::uint16_t port, std::uint16_t from = 40'000);
  Packet& syn() { return flags(0x02); }
  Packet& ack() { return flags(0x10); }
  Packet& rst() { return flags(0x04); }
  Packet& fin() { return flags(0x01); }
  Packet& sequence(std::uint32_t number);
  Packet& acknowledges(std::uint32_t number);  // with the flag
  // After tcp(): a multiple of 4, at most 40 (no-operation options).
  Packet& tcp_options(std::size_t bytes);
  Packet& udp(std::uint16_t port);
  // A layer of another protocol, or anything else.
  Packet& other(std::uint16_t protocol, std::size_t bytes);
  Packet& payload(std::size_t bytes);
  Packet& payload(std::string_view bytes);

  // Where the last layer begins.
  [[nodiscard]] std::size_t last_layer() const { return last_; }
  [[nodiscard]] Bytes bytes() const;

 private:
  Packet& extension(std::uint8_t type, std::uint8_t units);
  Packet& flags(std::uint8_t bits);
  std::uint8_t* begin_layer(std::uint16_t type, std::size_t size);

  Bytes bytes_;
  std::size_t last_ = 0;
  std::optional<std::size_t> type_at_;  // of the field that names the next layer
  bool ether_type_ = false;             // whether that is two bytes, or one
  std::optional<std::size_t> ip_at_;
  std::optional<std::size_t> tcp_at_;
};

inline Packet packet() { return {}; }

}  // namespace realpeer::testing
