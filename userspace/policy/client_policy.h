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
  // For how long to ban a client that keeps exceeding; nothing: nobody is banned. See ClientRecord::keeps_exceeding().
  std::optional<std::chrono::milliseconds> ban;

  [[nodiscard]] bool limits() const { return rate.has_value() || concurrent > 0; }
};

}  // namespace realpeer::policy
