#include "harness/packets.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace realpeer::testing {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;

void put16(std::uint8_t* at, std::size_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8U);
  at[1] = static_cast<std::uint8_t>(value);
}

void put32(std::uint8_t* at, std::uint32_t value) {
  put16(at, value >> 16U);
  put16(at + 2, value & 0xFFFFU);
}

void put_address(std::uint8_t* at, int family, std::string_view text) {
  if (::inet_pton(family, std::string(text).c_str(), at) != 1) throw std::invalid_argument(std::string(text));
}

// RFC 1071.
std::uint32_t sum(const std::uint8_t* bytes, std::size_t size, std::uint32_t start = 0) {
  for (std::size_t i = 0; i < size; ++i) start += static_cast<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8U : 0U);
  return start;
}

std::uint16_t folded(std::uint32_t value) {
  while (value >> 16U != 0) value = (value & 0xFFFFU) + (value >> 16U);
  return static_cast<std::uint16_t>(~value);
}

}  // namespace

std::uint8_t* Packet::begin_layer(std::uint16_t type, std::size_t size) {
  if (type_at_ && ether_type_) put16(&bytes_[*type_at_], type);
  if (type_at_ && !ether_type_) bytes_[*type_at_] = static_cast<std::uint8_t>(type);
  type_at_.reset();
  last_ = bytes_.size();
  bytes_.resize(bytes_.size() + size);
  return &bytes_[last_];
}

Packet& Packet::ethernet() {
  constexpr std::array<std::uint8_t, 12> addresses{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  std::ranges::copy(addresses, begin_layer(0, 14));
  type_at_ = last_ + 12;
  ether_type_ = true;
  return *this;
}

Packet& Packet::linux_cooked() {
  begin_layer(0, 16);
  type_at_ = last_ + 14;
  ether_type_ = true;
  return *this;
}

Packet& Packet::linux_cooked2() {
  begin_layer(0, 20);
  type_at_ = last_;
  ether_type_ = true;
  return *this;
}

Packet& Packet::loopback(std::uint8_t family, bool big_endian) {
  begin_layer(0, 4)[big_endian ? 3 : 0] = family;
  return *this;
}

Packet& Packet::vlan(std::uint16_t id, std::uint16_t type) {
  put16(begin_layer(type, 4), id);
  type_at_ = last_ + 2;
  ether_type_ = true;
  return *this;
}

Packet& Packet::ipv4(std::string_view source, std::string_view destination) {
  std::uint8_t* ip = begin_layer(kIpv4, 20);
  ip[0] = 0x45;
  ip[8] = 64;
  put_address(ip + 12, AF_INET, source);
  put_address(ip + 16, AF_INET, destination);
  ip_at_ = last_;
  type_at_ = last_ + 9;
  ether_type_ = false;
  return *this;
}

Packet& Packet::options(std::size_t bytes) {
  bytes_[ip_at_.value()] = static_cast<std::uint8_t>(bytes_[*ip_at_] + bytes / 4);
  bytes_.resize(bytes_.size() + bytes, 1);
  return *this;
}

Packet& Packet::part(std::uint16_t offset, bool more) {
  put16(&bytes_[ip_at_.value() + 6], offset / 8U | (more ? 0x2000U : 0U));
  return *this;
}

Packet& Packet::ipv6(std::string_view source, std::string_view destination) {
  std::uint8_t* ip = begin_layer(kIpv6, 40);
  ip[0] = 0x60;
  ip[7] = 64;
  put_address(ip + 8, AF_INET6, source);
  put_address(ip + 24, AF_INET6, destination);
  ip_at_ = last_;
  type_at_ = last_ + 6;
  ether_type_ = false;
  return *this;
}

Packet& Packet::extension(std::uint8_t type, std::uint8_t units) {
  const std::size_t unit = type == kAuthentication ? 4 : 8;
  begin_layer(type, 8 + unit * units)[1] = units;
  type_at_ = last_;
  return *this;
}

Packet& Packet::fragment(std::uint16_t offset, bool more) {
  put16(begin_layer(kFragment, 8) + 2, offset | (more ? 1U : 0U));
  type_at_ = last_;
  return *this;
}

Packet& Packet::tcp(std::uint16_t port, std::uint16_t from) {
  std::uint8_t* tcp = begin_layer(kTcp, 20);
  put16(tcp, from);
  put16(tcp + 2, port);
  tcp[12] = 0x50;
  put16(tcp + 14, 65'535);
  tcp_at_ = last_;
  return *this;
}

Packet& Packet::flags(std::uint8_t bits) {
  bytes_[tcp_at_.value() + 13] |= bits;
  return *this;
}

Packet& Packet::sequence(std::uint32_t number) {
  put32(&bytes_[tcp_at_.value() + 4], number);
  return *this;
}

Packet& Packet::acknowledges(std::uint32_t number) {
  put32(&bytes_[tcp_at_.value() + 8], number);
  return ack();
}

Packet& Packet::tcp_options(std::size_t bytes) {
  bytes_[tcp_at_.value() + 12] = static_cast<std::uint8_t>(bytes_[*tcp_at_ + 12] + (bytes / 4 << 4U));
  bytes_.resize(bytes_.size() + bytes, 1);
  return *this;
}

Packet& Packet::udp(std::uint16_t port) {
  std::uint8_t* udp = begin_layer(kUdp, 8);
  put16(udp, 40'000);
  put16(udp + 2, port);
  put16(udp + 4, 8);
  return *this;
}

Packet& Packet::other(std::uint16_t protocol, std::size_t bytes) {
  begin_layer(protocol, bytes);
  return *this;
}

Packet& Packet::payload(std::size_t bytes) {
  bytes_.resize(bytes_.size() + bytes, 'x');
  return *this;
}

Packet& Packet::payload(std::string_view bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

Bytes Packet::bytes() const {
  Bytes all = bytes_;
  if (!ip_at_) return all;
  std::uint8_t* ip = &all[*ip_at_];
  const bool v4 = ip[0] >> 4U == 4;
  const std::size_t size = all.size() - *ip_at_;
  if (v4) {
    put16(ip + 2, size);
    put16(ip + 10, folded(sum(ip, std::size_t{4} * (ip[0] & 0xFU))));
  } else {
    put16(ip + 4, size - 40);
  }
  if (!tcp_at_) return all;
  // The pseudo-header: both addresses, the protocol, the length.
  const std::size_t segment = all.size() - *tcp_at_;
  std::uint32_t pseudo = v4 ? sum(ip + 12, 8) : sum(ip + 8, 32);
  pseudo += kTcp + static_cast<std::uint32_t>(segment);
  std::uint8_t* tcp = &all[*tcp_at_];
  put16(tcp + 16, folded(sum(tcp, segment, pseudo)));
  return all;
}

}  // namespace realpeer::testing
