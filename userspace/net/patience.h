// Bounds what coroutines wait for again and again on one socket.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace realpeer::net {

// While it lives: cancels whatever is waited for on `Cancelled` (a socket), which must outlive it, once a moment that
// was set has come. Like Deadline, but its timer is only touched when it would ring too late. One thread.
template <typename Cancelled>
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Patience(Cancelled& cancelled) : state_(std::make_shared<State>(cancelled)) {}
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() {
    state_->cancelled = nullptr;  // the handler may already be on its way
    state_->timer.cancel();
  }

  // From now on, and no longer until what was set before.
  void until(Clock::time_point when) {
    state_->when = when;
    state_->over = false;
    if (when < state_->rings) ring(state_, when);
  }
  void at_most(Clock::duration time) { until(Clock::now() + time); }
  void forever() { state_->when = Clock::time_point::max(); }

  // The moment that was set last came; tells it from other reasons for a cancellation.
  [[nodiscard]] bool over() const { return state_->over; }

 private:
  struct State {
    explicit State(Cancelled& who) : cancelled(&who), timer(who.get_executor()) {}
    Cancelled* cancelled;
    boost::asio::steady_timer timer;
    Clock::time_point when = Clock::time_point::max();
    Clock::time_point rings = Clock::time_point::max();
    bool over = false;
  };

  static void ring(const std::shared_ptr<State>& state, Clock::time_point when) {
    state->rings = when;
    state->timer.expires_at(when);
    state->timer.async_wait([state](boost::system::error_code error) {
      if (error || state->cancelled == nullptr) return;
      state->rings = Clock::time_point::max();
      if (state->when == Clock::time_point::max()) return;
      if (Clock::now() < state->when) return ring(state, state->when);
      state->over = true;
      boost::system::error_code ignored;
      state->cancelled->cancel(ignored);
    });
  }

  std::shared_ptr<State> state_;
};

}  // namespace realpeer::net
