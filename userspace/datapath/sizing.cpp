#include "datapath/sizing.h"

#include <algorithm>

#include "kernel/tcp_state.h"

namespace realpeer::datapath {

void fix_first_sizes(int socket) {
  kernel::fix_receive_buffer(socket, first_window);
  kernel::fix_send_buffer(socket, first_send_buffer);
}

void deepen(int target, std::uint32_t& buffer, std::uint32_t window) {
  if (buffer >= largest_send_buffer) return;
  if (std::max<std::uint64_t>(kernel::send_buffer_wanted(target), std::uint64_t{8} * window) <= buffer) return;
  buffer *= 2;
  kernel::fix_send_buffer(target, buffer);
}

void widen(int source, std::uint32_t& window, std::uint64_t rate) {
  if (window >= largest_window || rate == 0) return;
  const auto round_trip = static_cast<std::uint64_t>(kernel::round_trip(source).count());
  const std::uint64_t local = std::min(rate / 500, largest_local_window);
  const std::uint64_t distant = rate / 1'000'000 * 2 * round_trip;
  if (std::max(local, distant) <= window) return;
  window *= 2;
  kernel::fix_receive_buffer(source, window);
}

}  // namespace realpeer::datapath
