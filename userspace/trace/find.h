// Which of a hop's connections is the one that is traced. Pure.
#pragma once

#include <optional>
#include <span>

#include "trace/hop.h"

namespace realpeer::trace {

// What is known of the connection before a hop is asked.
struct Marks {
  std::optional<net::Endpoint> peer{};    // its address when it left the hop before
  std::string unique_id{};                // as the hop before logged it; empty: none
  std::optional<net::Endpoint> client{};  // whom the hops before believed it to be of
  std::uint64_t after = 0;                // the newest connection that the hop had before it
  std::uint16_t port = 0;                 // that it was sent to; 0: not known
};

// Its address first, its unique id, the client with its port; then the only new connection there is at that port's
// listener, since NAT may stand in between.
std::optional<Found> find(const Daemon& daemon, std::span<const Seen> seen, const Marks& marks);

}  // namespace realpeer::trace
