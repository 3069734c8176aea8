// One engaged connection: two sockets, two directions, and whom to tell at the end.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "datapath/direction.h"
#include "kernel/fd.h"
#include "kernel/splice_map.h"

namespace realpeer::datapath {

using Clock = std::chrono::steady_clock;

enum class Path : std::uint8_t { relay, sockmap };

constexpr std::string_view to_string(Path path) { return path == Path::relay ? "relay" : "sockmap"; }

enum class End : std::uint8_t {
  closed,               // both directions ended by a FIN, after their last byte
  client_reset,         // the client's side was reset, or failed otherwise
  backend_reset,        // the same for the backend's
  idle_timeout,         // no byte in either direction
  half_closed_timeout,  // the same, with one direction over
  drained,              // the daemon stops
  broken,               // the kernel lost bytes of it: a defect, and never let on as an orderly end
  refused,              // FlowOwner::first_bytes said so
  held_too_long,        // first bytes were held back beyond their deadline
};

struct Totals {
  Path path = Path::relay;
  End end = End::closed;
  std::uint64_t bytes_in = 0;   // client to backend, since engagement
  std::uint64_t bytes_out = 0;  // backend to client
  // Of those, what the kernel moved without userspace. Never less than at an earlier look.
  std::uint64_t redirected_in = 0;
  std::uint64_t redirected_out = 0;

  [[nodiscard]] std::uint64_t redirected() const { return redirected_in + redirected_out; }
};

// What became of a connection that was to be spliced.
enum class PathChange : std::uint8_t {
  engaged,        // it is
  half_closed,    // an end had sent its FIN, and such sockets cannot enter the map
  not_plain_tcp,  // MPTCP, or a socket with a ULP
  no_room,        // the kernel refused it
};

// Whoever engaged the flow. Called on the pump's thread.
class FlowOwner {
 public:
  enum class FirstBytes : std::uint8_t { go_on, more, refuse };

  FlowOwner() = default;
  FlowOwner(const FlowOwner&) = delete;
  FlowOwner& operator=(const FlowOwner&) = delete;
  virtual ~FlowOwner() = default;

  // The client's first bytes, held back: all so far. Asked only when Engagement::hold_first_bytes.
  virtual FirstBytes first_bytes(std::span<const std::byte> /*bytes*/) { return FirstBytes::go_on; }
  // From the relay to the kernel's path, or not.
  virtual void on_path(PathChange /*change*/) {}
  // Now and then, where bytes have moved: all so far.
  virtual void moved(const Totals& /*totals*/) {}
  // Once, before the sockets are closed.
  virtual void closing(int /*backend*/) {}
  // Once, after both sockets are closed.
  virtual void ended(const Totals& totals) = 0;
};

// What the pump keeps per connection; no buffers and no coroutine.
struct Flow : boost::intrusive::list_base_hook<> {
  enum class Side : std::uint8_t { client = 0, backend = 1 };
  using Checks = std::multimap<Clock::time_point, Flow*>;

  Flow(kernel::UniqueFd client_socket, kernel::UniqueFd backend_socket, std::unique_ptr<FlowOwner> flow_owner)
      : client(std::move(client_socket)),
        backend(std::move(backend_socket)),
        in(client.get(), backend.get()),
        out(backend.get(), client.get()),
        owner(std::move(flow_owner)) {}

  [[nodiscard]] int socket(Side side) const { return side == Side::client ? client.get() : backend.get(); }
  [[nodiscard]] std::uint64_t bytes() const { return in.bytes() + out.bytes(); }

  kernel::UniqueFd client;
  kernel::UniqueFd backend;
  std::optional<kernel::SplicedPair> pair;
  Direction in;   // client to backend
  Direction out;  // backend to client
  std::unique_ptr<FlowOwner> owner;

  Direction::Wait in_wait = Direction::Wait::source;
  Direction::Wait out_wait = Direction::Wait::source;
  std::uint32_t client_interest = 0;  // events now asked of epoll
  std::uint32_t backend_interest = 0;
  bool wants_splice = false;  // not spliced yet, to be tried
  bool queued = false;        // waits for its turn
  bool dead = false;
  std::uint32_t in_window = 0;  // what each source may have under way, in bytes
  std::uint32_t out_window = 0;
  std::uint32_t in_buffer = 0;  // send buffer of each target, in bytes
  std::uint32_t out_buffer = 0;
  std::uint64_t seen_in = 0;  // at the last sweep
  std::uint64_t seen_out = 0;
  bool seen_half_closed = false;
  Clock::time_point active;   // when a sweep last saw bytes move
  Clock::duration backoff{};  // of the next look at a draining target
  std::optional<Clock::time_point> held_since;
  std::optional<Checks::iterator> check;  // the next look, by time
};

}  // namespace realpeer::datapath
