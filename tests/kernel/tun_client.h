// A TCP client made of single packets, for what a real one sends only now and then. IPv4 over a TUN device in a
// network namespace of its own thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernel/fd.h"

namespace realpeer::test {

// Moves the calling thread into a fresh network namespace with `lo` and a TUN device up: 10.9.0.1 is this host,
// 10.9.0.2 the client. The namespace is gone with the last socket and thread in it.
kernel::UniqueFd enter_namespace_with_tun();

class TunClient {
 public:
  explicit TunClient(int tun) : tun_(tun) {}

  // Three-way handshake with 10.9.0.1:`port`.
  void connect(std::uint16_t port);
  // One segment whose first byte is number `offset` of the stream.
  void send(std::uint32_t offset, std::string_view payload);
  void send_fin(std::uint32_t offset);

 private:
  void write_packet(std::uint8_t flags, std::uint32_t seq, std::string_view payload);

  int tun_;
  std::uint16_t port_ = 0;
  std::uint32_t first_ = 1000;  // sequence number of byte 0
  std::uint32_t ack_ = 0;
};

}  // namespace realpeer::test
