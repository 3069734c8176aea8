// What one client may do, as configured.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace realpeer::policy {

using Clock = std::chrono::steady_clock;

// Connections per `per`, after a burst of so many at once.
struct Rate {
  std::uint32_t count = 0;
  std::chrono::milliseconds per{1'000};
  std::uint32_t burst = 1;

  [[nodiscard]] Clock::duration interval() const { return std::chrono::duration_cast<Clock::duration>(per) / count; }
};

struct ClientPolicy {
  std::optional<Rate> rate;
  std::uint32_t concurrent = 0;  // connections at once; 0: no ceiling
  // Whom to refuse before a connection is made, and for how long, after as many refusals as a burst has, none of them
  // more than ten seconds after the one before; nothing: nobody.
  std::optional<std::chrono::milliseconds> ban;

  [[nodiscard]] bool limits() const { return rate.has_value() || concurrent > 0; }
};

}  // namespace realpeer::policy
