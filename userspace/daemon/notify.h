// What a supervisor is told (sd_notify(3)); without one, nobody is.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "session/listening.h"
#include "session/server.h"

namespace realpeer::daemon {

// The calling process is the service's main one from now on, and serves.
void notify_ready(const std::string& status);
void notify_reloading();
void notify_stopping(const std::string& status);

// The listening sockets that the supervisor passed (sd_listen_fds(3)). Others of them are named in the log and closed.
session::Sockets passed_sockets();

// Tells the supervisor that all is well as long as each worker answers, if it wants to be told.
class Watchdog {
 public:
  // Both outlive it.
  Watchdog(boost::asio::io_context& context, session::Server& server);

 private:
  void wait();
  void tell();

  session::Server& server_;
  boost::asio::steady_timer timer_;
  std::chrono::microseconds period_{0};
  std::vector<std::future<void>> asked_;  // a worker each
};

}  // namespace realpeer::daemon
