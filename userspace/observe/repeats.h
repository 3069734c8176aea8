// What happens again and again: said once, and then as a number.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace realpeer::observe {

// Of one kind of event. Thread-safe, without a lock: a flood of events costs an atomic increment each. No event is
// lost: each is either to be said now, or in a number that is told once `interval` is over.
class Repeats {
 public:
  using Clock = std::chrono::steady_clock;

  // How long events are counted before they are told. Always the same: a number is never older than this, and there are
  // six lines a minute at most.
  static constexpr std::chrono::seconds interval{10};

  struct Told {
    std::uint64_t counted = 0;  // since the last line; 0: this event is the first in a while, and to be said itself
    Clock::duration within{};
  };

  // An event. Nothing: it has been counted, or another thread is telling of it. Else there is a line to write; where it
  // tells a number, this event is counted for the next.
  std::optional<Told> add(Clock::time_point now) {
    const auto last = last_line_.load(std::memory_order_relaxed);
    if (!may_tell(last, now)) return count();
    const bool quiet = counted_.load() == 0;
    if (!take_turn(last, now)) return count();
    // What others count from here on belongs to the interval that begins with this line.
    const auto told = quiet ? std::nullopt : rest(now, at(last));
    if (!told) return Told{};
    count();
    return told;
  }

  // Where nothing happens any more: what there is to tell, if it is time.
  std::optional<Told> due(Clock::time_point now) {
    const auto last = last_line_.load(std::memory_order_relaxed);
    if (counted_.load(std::memory_order_relaxed) == 0 || !may_tell(last, now) || !take_turn(last, now)) {
      return std::nullopt;
    }
    return rest(now, at(last));
  }
  // The same, without waiting for the time.
  std::optional<Told> rest(Clock::time_point now) { return rest(now, at(last_line_.load())); }

 private:
  static Clock::time_point at(Clock::rep time) { return Clock::time_point(Clock::duration(time)); }
  static bool may_tell(Clock::rep last, Clock::time_point now) { return last == never || now >= at(last) + interval; }

  // One thread alone has it.
  bool take_turn(Clock::rep last, Clock::time_point now) {
    return last_line_.compare_exchange_strong(last, now.time_since_epoch().count());
  }

  std::nullopt_t count() {
    counted_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  std::optional<Told> rest(Clock::time_point now, Clock::time_point last) {
    const auto counted = counted_.exchange(0);
    if (counted == 0) return std::nullopt;
    return Told{counted, now - last};
  }

  static constexpr Clock::rep never = std::numeric_limits<Clock::rep>::min();

  std::atomic<Clock::rep> last_line_{never};
  std::atomic<std::uint64_t> counted_{0};
};

}  // namespace realpeer::observe
