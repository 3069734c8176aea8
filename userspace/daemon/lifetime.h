// From the first signal to the last connection.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <vector>

#include "session/server.h"

namespace realpeer::daemon {

// Answers signals: waits for one to end, then for the connections to. From its construction on a signal no longer
// kills: what the daemon makes afterwards is always taken back.
class Lifetime {
 public:
  explicit Lifetime(boost::asio::io_context& context);

  // What the daemon does on SIGUSR1 and SIGHUP, and when it begins to drain; and whether somebody else than clients is
  // still to be served.
  struct Answers {
    std::function<void()> log_status;
    std::function<void()> reload;
    std::function<void()> draining;
    std::function<bool()> busy;
  };

  // Runs the context until it is over.
  void wait(session::Server& server, Answers answers);

  // Whether a signal to end has come already; others are forgotten. Before wait().
  bool told_to_end();
  // As SIGTERM does. Once more changes nothing. Who waits at these addresses is served by another process.
  void drain(const std::vector<net::Endpoint>& served_by_another = {});
  // Now; connections are reset.
  void stop() { context_.stop(); }
  [[nodiscard]] bool draining() const { return draining_; }

 private:
  void wait_for_signal();
  void look();

  session::Server* server_ = nullptr;
  Answers answers_;
  boost::asio::io_context& context_;
  boost::asio::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
  boost::asio::steady_timer timer_{context_};
  std::chrono::steady_clock::time_point deadline_;
  bool draining_ = false;
  bool told_ = false;  // by a signal. One that drains for a successor has not been, and bears the first one
};

}  // namespace realpeer::daemon
