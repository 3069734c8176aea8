#include "session/http/idle_connections.h"

#include <sys/socket.h>

#include <cerrno>

namespace realpeer::session {
namespace {

// For each endpoint and worker.
constexpr std::size_t most = 256;
constexpr std::chrono::seconds between_sweeps{1};

}  // namespace

bool is_quiet(boost::asio::ip::tcp::socket& socket) {
  char byte = 0;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

std::optional<IdleConnections::Socket> IdleConnections::take(const upstream::Endpoint& endpoint,
                                                             Clock::duration at_most) {
  const auto found = endpoints_.find(&endpoint);
  if (found == endpoints_.end()) return std::nullopt;
  auto& idle = found->second.idle;
  const auto now = Clock::now();
  while (!idle.empty()) {
    if (now - idle.back().since > at_most) return std::nullopt;
    Idle newest = std::move(idle.back());
    idle.pop_back();
    if (now < newest.until && is_quiet(newest.socket)) return std::move(newest.socket);
  }
  return std::nullopt;
}

void IdleConnections::keep(std::shared_ptr<const upstream::Endpoint> endpoint, Socket socket, Clock::duration time) {
  auto& place = endpoints_[endpoint.get()];
  place.endpoint = std::move(endpoint);
  const auto now = Clock::now();
  if (place.idle.size() == most) place.idle.pop_front();
  place.idle.push_back({std::move(socket), now, now + time});
  if (!std::exchange(sweeping_, true)) sweep();
}

void IdleConnections::sweep() {
  sweep_.expires_after(between_sweeps);
  sweep_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const auto now = Clock::now();
    for (auto at = endpoints_.begin(); at != endpoints_.end();) {
      auto& idle = at->second.idle;
      std::erase_if(idle, [now](Idle& one) { return now >= one.until || !is_quiet(one.socket); });
      at = idle.empty() ? endpoints_.erase(at) : std::next(at);
    }
    sweeping_ = !endpoints_.empty();
    if (sweeping_) sweep();
  });
}

}  // namespace realpeer::session
