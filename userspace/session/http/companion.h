// A coroutine that runs beside another one, which waits for its end before it leaves what both use.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace realpeer::session {

class Companion {
 public:
  explicit Companion(const boost::asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}

  // Once.
  void start(boost::asio::awaitable<void> work);
  [[nodiscard]] bool running() const { return state_->running; }
  // Until it has ended, or so long.
  boost::asio::awaitable<void> wait(std::chrono::steady_clock::duration time);

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor) : ended(executor) {}
    boost::asio::steady_timer ended;  // cancelled when `running` becomes false
    bool running = false;
  };

  static boost::asio::awaitable<void> run(std::shared_ptr<State> state, boost::asio::awaitable<void> work);

  std::shared_ptr<State> state_;
};

}  // namespace realpeer::session
