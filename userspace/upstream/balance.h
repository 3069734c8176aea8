// Which of several endpoints takes the next connection. Pure, but for the credits that round robin keeps.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "config/config.h"
#include "net/address.h"

namespace realpeer::upstream {

struct Candidate {
  std::uint32_t weight;    // at least 1
  std::uint32_t active;    // connections
  std::uint64_t identity;  // identity_of() its address
  std::int64_t* credit;    // kept between calls; starts at 0
};

// The index of the chosen one; there is at least one candidate.
//
// round_robin: smoothly weighted, so that weights 5, 1, 1 give a a b a c a a and never five in a row.
// least_connections: the fewest per weight, counting the one to come; round robin among equals.
// client_hash: rendezvous hashing of the client's address (of IPv6 its /64; the port does not count). A client keeps
// its endpoint as long as that one is a candidate; of a lost endpoint's clients each goes to a second choice of its
// own. Every realpeer with the same endpoints chooses alike.
std::size_t choose(config::Balance balance, std::span<Candidate> candidates, const net::Address& client);

// Of an endpoint's "ADDR:PORT".
std::uint64_t identity_of(std::string_view address);

}  // namespace realpeer::upstream
