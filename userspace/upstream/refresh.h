// When a name is looked up again, and what a new answer changed: no clock, no socket, no log.
#pragma once

#include <chrono>
#include <vector>

#include "net/address.h"

namespace realpeer::upstream {

// Of a TTL nothing beyond this is believed: not that an address holds for less than a second, nor for an hour.
inline constexpr std::chrono::seconds shortest_ttl{1};
inline constexpr std::chrono::seconds longest_ttl{60};
// Where none is known: the hosts file, or records that say 0.
inline constexpr std::chrono::seconds assumed_ttl{5};
inline constexpr std::chrono::seconds longest_retry{30};

// From an answer to the next look-up.
std::chrono::seconds delay_after_answer(std::chrono::seconds ttl);

// From a failure to the next look-up, after so many in a row (1 or more): 1 s, and twice as long each time.
std::chrono::seconds delay_after_failures(unsigned in_a_row);

struct Difference {
  std::vector<net::Address> came;
  std::vector<net::Address> went;
};

// Both lists sorted and without duplicates, as are the results.
Difference difference(const std::vector<net::Address>& before, const std::vector<net::Address>& after);

}  // namespace realpeer::upstream
