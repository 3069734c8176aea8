// Captured packets to TCP segments. Bytes in; a segment, or why it is none, out.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "capture/link.h"
#include "net/address.h"

namespace realpeer::capture {

struct Segment {
  net::Endpoint source;
  net::Endpoint destination;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;  // meaningless without ack
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  std::string_view payload;  // as far as it was captured
  std::size_t cut = 0;       // bytes of payload behind it that were not
};

// Total: any bytes give one of the two. `length` is the packet's on the wire. Checksums are not looked at: offloading
// leaves them to the interface, behind where captures are made.
boost::system::result<Segment, Unread> read_packet(LinkType link, std::span<const std::byte> captured,
                                                   std::size_t length);

}  // namespace realpeer::capture
