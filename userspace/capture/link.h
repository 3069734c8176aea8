// The link layer of captured packets: whatever stands before IP.
#pragma once

#include <cstdint>
#include <optional>

#include "capture/octets.h"

namespace realpeer::capture {

// Source: https://www.tcpdump.org/linktypes.html
enum class LinkType : std::uint8_t {
  ethernet,       // with or without VLAN tags, of 802.1ad (QinQ) too
  linux_cooked,   // LINUX_SLL: `tcpdump -i any` until libpcap 1.10
  linux_cooked2,  // LINUX_SLL2: the same since
  loopback,       // NULL and LOOP: an address family, as BSD has it
  ip,             // RAW, IPV4, IPV6: none, as of tun devices and WireGuard
};

// Passes what stands before the IP header; what is returned is why there is none to read.
std::optional<Unread> pass_link(LinkType type, Octets& packet);

}  // namespace realpeer::capture
