// How many connections there may be at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>

namespace realpeer::session {

class Ceiling {
 public:
  // 0: none.
  explicit Ceiling(std::uint32_t most) { set(most); }
  // Those that are above a lower one stay.
  void set(std::uint32_t most) { most_ = most == 0 ? std::numeric_limits<std::uint32_t>::max() : most; }

  // Whether there was room.
  bool enter() {
    if (active_.fetch_add(1) < most_) return true;
    active_.fetch_sub(1);
    return false;
  }
  void leave() { active_.fetch_sub(1); }
  [[nodiscard]] std::uint32_t active() const { return active_.load(); }

 private:
  std::atomic<std::uint32_t> most_;
  std::atomic<std::uint32_t> active_{0};
};

// A place below a ceiling; held from accept to the end of a connection.
class Ticket {
 public:
  // Whether there was room.
  static bool take(Ceiling& ceiling, Ticket& ticket) {
    if (!ceiling.enter()) return false;
    ticket.release();
    ticket.ceiling_ = &ceiling;
    return true;
  }

  Ticket() = default;
  Ticket(Ticket&& other) noexcept : ceiling_(std::exchange(other.ceiling_, nullptr)) {}
  Ticket& operator=(Ticket&&) = delete;
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() { release(); }

  // Gives it back before its owner goes.
  void release() {
    if (ceiling_ != nullptr) std::exchange(ceiling_, nullptr)->leave();
  }

 private:
  Ceiling* ceiling_ = nullptr;
};

}  // namespace realpeer::session
