// Capture files as tcpdump writes them: from their specifications, and nothing shared with libpcap.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/packets.h"

namespace realpeer::testing {

// Numbers of https://www.tcpdump.org/linktypes.html
inline constexpr std::uint32_t kEthernet = 1;
inline constexpr std::uint32_t kRawIp = 101;

struct CapturedPacket {
  Bytes bytes;
  std::uint32_t length = 0;        // on the wire; 0: as many as there are
  std::uint64_t microseconds = 0;  // since the epoch
};

// draft-ietf-opsawg-pcap, in little-endian order.
std::string pcap_file(std::uint32_t link_type, const std::vector<CapturedPacket>& packets);
// draft-ietf-opsawg-pcapng: a section of one interface.
std::string pcapng_file(std::uint32_t link_type, const std::vector<CapturedPacket>& packets);

}  // namespace realpeer::testing
