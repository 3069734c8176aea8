// Bounds what a coroutine waits for.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace realpeer::net {

// While it lives: after the time given, cancels whatever is waited for on `Cancelled` (a socket, a resolver), which
// must outlive it. Then expired() tells a deadline from other reasons for a cancellation. One thread.
template <typename Cancelled>
class Deadline {
 public:
  Deadline(Cancelled& cancelled, std::chrono::steady_clock::time_point when)
      : timer_(cancelled.get_executor(), when), state_(std::make_shared<State>(&cancelled, false)) {
    timer_.async_wait([state = state_](boost::system::error_code error) {
      if (error || state->cancelled == nullptr) return;
      state->expired = true;
      state->cancelled->cancel();
    });
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  // The handler may already be on its way: it finds nobody.
  ~Deadline() { state_->cancelled = nullptr; }

  [[nodiscard]] bool expired() const { return state_->expired; }

 private:
  struct State {
    State(Cancelled* who, bool already) : cancelled(who), expired(already) {}
    Cancelled* cancelled;
    bool expired;
  };

  boost::asio::steady_timer timer_;
  std::shared_ptr<State> state_;
};

}  // namespace realpeer::net
