#include "harness/echo_server.h"

#include <sys/socket.h>

#include <array>

namespace realpeer::testing {

EchoServer::EchoServer(const Netns& netns, const Endpoint& at)
    : listener_(netns, at), acceptor_([this] { accept_all(); }) {}

void EchoServer::kill() {
  if (killed_.exchange(true)) return;
  if (acceptor_.joinable()) acceptor_.join();
  listener_.close();
  // Wakes the threads; the sockets close with their owners.
  const std::lock_guard lock(mutex_);
  for (auto& connection : open_) ::shutdown(connection.socket.descriptor(), SHUT_RDWR);
  open_.clear();
}

void EchoServer::accept_all() {
  while (!killed_) {
    if (!listener_.pending_within(Duration{20})) continue;
    const std::lock_guard lock(mutex_);
    auto& connection = open_.emplace_back(listener_.accept());
    connection.thread = std::jthread([this, &connection] { serve(connection.socket); });
  }
}

void EchoServer::serve(Socket& socket) {
  try {
    const auto header = read_proxy_v2(socket);
    ++(header.proxy ? connections_ : checks_);
    std::array<char, 16384> buffer{};
    while (const auto got = socket.receive(buffer)) socket.send_all({buffer.data(), got});
  } catch (const std::exception&) {
    // The other side is gone, or we are killed.
  }
  ::shutdown(socket.descriptor(), SHUT_RDWR);
}

}  // namespace realpeer::testing
