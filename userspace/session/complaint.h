// What goes to the log once a minute, however often it happens.
#pragma once

#include <atomic>
#include <chrono>

namespace realpeer::session {

// Thread-safe.
class Complaint {
 public:
  using Clock = std::chrono::steady_clock;

  // Whether it is to be said now.
  bool due(Clock::time_point now) {
    const auto time = now.time_since_epoch().count();
    auto next = next_.load();
    const auto later = time + Clock::duration(std::chrono::minutes(1)).count();
    return time >= next && next_.compare_exchange_strong(next, later);
  }

 private:
  std::atomic<Clock::rep> next_{0};
};

}  // namespace realpeer::session
