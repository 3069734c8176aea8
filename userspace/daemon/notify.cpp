#include "daemon/notify.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>

namespace realpeer::daemon {

namespace {

void notify(const std::string& state) {
  if (const int failed = ::sd_notify(0, state.c_str()); failed < 0) {
    spdlog::warn("the supervisor cannot be told: {}",
                 std::strerror(-failed));  // NOLINT(concurrency-mt-unsafe): known errors
  }
}

// Nothing where it is no such socket.
std::optional<net::Endpoint> address_of(int socket) {
  const bool listens = ::sd_is_socket_inet(socket, AF_INET, SOCK_STREAM, 1, 0) > 0 ||
                       ::sd_is_socket_inet(socket, AF_INET6, SOCK_STREAM, 1, 0) > 0;
  net::Endpoint endpoint(boost::asio::ip::tcp::v6(), 0);
  auto length = static_cast<socklen_t>(endpoint.capacity());
  if (!listens || ::getsockname(socket, endpoint.data(), &length) != 0) return std::nullopt;
  endpoint.resize(length);
  return endpoint;
}

}  // namespace

void notify_ready(const std::string& status) {
  notify("MAINPID=" + std::to_string(::getpid()) + "\nREADY=1\nSTATUS=" + status);
}

void notify_reloading() { notify("RELOADING=1\nSTATUS=reloading"); }

void notify_stopping(const std::string& status) { notify("STOPPING=1\nSTATUS=" + status); }

session::Sockets passed_sockets() {
  session::Sockets sockets;
  const int count = ::sd_listen_fds(1);
  for (int socket = SD_LISTEN_FDS_START; socket < SD_LISTEN_FDS_START + count; ++socket) {
    kernel::UniqueFd owned(socket);
    if (const auto bind = address_of(socket)) {
      sockets[*bind].push_back(std::move(owned));
    } else {
      spdlog::warn("socket {} that the supervisor passed is no listening TCP socket: it is closed", socket);
    }
  }
  return sockets;
}

Watchdog::Watchdog(boost::asio::io_context& context, session::Server& server) : server_(server), timer_(context) {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return;
  period_ = std::chrono::microseconds(microseconds / 3);
  asked_ = server_.pulses();
  wait();
}

void Watchdog::wait() {
  timer_.expires_after(period_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    tell();
    wait();
  });
}

void Watchdog::tell() {
  const auto answered = [](const auto& one) {
    return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  if (!std::ranges::all_of(asked_, answered)) {
    return spdlog::error("a worker does not answer: the supervisor's watchdog is not told that all is well");
  }
  notify("WATCHDOG=1");
  asked_ = server_.pulses();
}

}  // namespace realpeer::daemon
