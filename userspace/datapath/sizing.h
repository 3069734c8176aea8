// How much the sockets of a connection may hold: what keeps a stalled reader cheap, and the kernel at work.
#pragma once

#include <cstdint>

#include "datapath/buffers.h"

namespace realpeer::datapath {

// What a source may have under way, in bytes. Twice that (the kernel's allowance for its own overhead) must go through
// userspace each time its target turns out to be slower, so it begins small. It grows to what the source sends in
// 2 ms, so that no wait for a processor stops it, up to half a MiB; and beyond that to what it sends in two round
// trips.
inline constexpr std::uint32_t first_window = 128U << 10U;
inline constexpr std::uint64_t largest_local_window = 512U << 10U;
inline constexpr std::uint32_t largest_window = 4U << 20U;
// Send buffer of a target, in bytes: the more it holds, the longer the kernel goes on without userspace. It grows to
// eight windows of its source and with its congestion window, up to what net.ipv4.tcp_wmem[2] is by default.
inline constexpr std::uint32_t first_send_buffer = 512U << 10U;
inline constexpr std::uint32_t largest_send_buffer = 4U << 20U;
static_assert(Buffers::peek_size >= largest_window);

void fix_first_sizes(int socket);

// Doubles the window of a source that has outgrown it; `rate` in bytes a second.
void widen(int source, std::uint32_t& window, std::uint64_t rate);

// Doubles the send buffer of a target that has outgrown it; `window` is its source's.
void deepen(int target, std::uint32_t& buffer, std::uint32_t window);

}  // namespace realpeer::datapath
