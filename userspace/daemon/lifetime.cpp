#include "daemon/lifetime.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>

namespace realpeer::daemon {

Lifetime::Lifetime(boost::asio::io_context& context) : context_(context) { signals_.add(SIGUSR1); }

void Lifetime::wait(session::Server& server, Answers answers) {
  server_ = &server;
  answers_ = std::move(answers);
  wait_for_signal();
  context_.run();
}

void Lifetime::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      answers_.reload();
    } else if (signal == SIGUSR1) {
      answers_.log_status();
    } else if (std::exchange(told_, true)) {
      spdlog::info("stopping now: {} connections are reset", server_->active());
      context_.stop();
      return;
    } else {
      drain();
      // Whoever was replaced has the time from here on.
      deadline_ = std::chrono::steady_clock::now() + server_->generation().config.timeouts.drain;
    }
    wait_for_signal();
  });
}

bool Lifetime::told_to_end() {
  bool end = false;
  signals_.async_wait(
      [&end](boost::system::error_code error, int signal) { end = !error && (signal == SIGTERM || signal == SIGINT); });
  context_.poll();
  signals_.cancel();
  context_.poll();
  context_.restart();
  return end;
}

void Lifetime::drain(const std::vector<net::Endpoint>& served_by_another) {
  if (std::exchange(draining_, true)) return;
  const auto patience = server_->generation().config.timeouts.drain;
  deadline_ = std::chrono::steady_clock::now() + patience;
  answers_.draining();
  server_->stop_accepting(served_by_another);
  spdlog::info("draining: {} connections have {} ms to end; a second signal stops at once", server_->active(),
               patience.count());
  look();
}

void Lifetime::look() {
  // The first process of a container ends it, and would be started again beside the one that serves in its place.
  const bool may_end = told_ || ::getpid() != 1;
  const bool idle = server_->idle();
  if (may_end && !answers_.busy()) {
    if (idle) return context_.stop();
    if (std::chrono::steady_clock::now() >= deadline_) {
      spdlog::warn("drain timeout: {} connections are reset", server_->active());
      return context_.stop();
    }
  }
  timer_.expires_after(std::chrono::milliseconds(20));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

}  // namespace realpeer::daemon
