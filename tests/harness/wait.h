// Waiting for a condition under a bound. Nothing in the tests sleeps for a time and hopes.
#pragma once

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace realpeer::testing {

using Clock = std::chrono::steady_clock;
using Duration = std::chrono::milliseconds;

// Calls condition() every millisecond or so; true as soon as it holds, false when the bound is reached.
template <typename Condition>
bool eventually(Condition condition, Duration bound, Duration interval = Duration{2}) {
  const auto deadline = Clock::now() + bound;
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(interval);
  }
  return true;
}

// The same for a question whose answer is wanted: fetch() returns an optional.
template <typename Fetch>
auto eventually_get(Fetch fetch, Duration bound) -> decltype(fetch()) {
  decltype(fetch()) found;
  eventually([&] { return (found = fetch()).has_value(); }, bound);
  return found;
}

// How often value() kept its value for `quiet` before the bound: true when it came to rest.
template <typename Value>
bool settles(Value value, Duration quiet, Duration bound) {
  const auto deadline = Clock::now() + bound;
  auto last = value();
  auto since = Clock::now();
  while (Clock::now() - since < quiet) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(Duration{5});
    if (auto now = value(); now != last) {
      last = now;
      since = Clock::now();
    }
  }
  return true;
}

class Stopwatch {
 public:
  [[nodiscard]] Duration elapsed() const { return std::chrono::duration_cast<Duration>(Clock::now() - start_); }

 private:
  Clock::time_point start_ = Clock::now();
};

}  // namespace realpeer::testing
