#include "session/listening.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <iterator>

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Without `share_port` the bind fails when anyone else listens there, another realpeer included.
kernel::Result<kernel::UniqueFd> bind(const config::Listener& listener, bool share_port) {
  asio::io_context context;
  tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(listener.bind.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && share_port) {
    const int on = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
      error.assign(errno, boost::system::system_category());
    }
  }
  if (!error && listener.bind.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(listener.bind, error);
  if (error) {
    return kernel::Error::because(config::to_string(listener.place) + ": error: listener '" + listener.name +
                                  "' cannot listen on " + net::to_string(listener.bind) + ": " + error.message());
  }
  return kernel::UniqueFd(acceptor.release());
}

kernel::Result<kernel::UniqueFd> duplicate(int socket) {
  kernel::UniqueFd copy(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return kernel::describe("cannot duplicate a listening socket", errno);
  return copy;
}

bool shares_its_port(int socket) {
  int on = 0;
  socklen_t length = sizeof(on);
  return ::getsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, &length) == 0 && on != 0;
}

bool has_port_of(const std::vector<net::Endpoint>& known, const net::Endpoint& bind) {
  return std::ranges::any_of(known, [&](const net::Endpoint& one) { return one.port() == bind.port(); });
}

kernel::Result<std::vector<kernel::UniqueFd>> complete(const config::Listener& listener, std::uint32_t workers,
                                                       std::vector<kernel::UniqueFd>& at_hand) {
  std::vector<kernel::UniqueFd> more;
  const bool alone = !at_hand.empty() && !shares_its_port(at_hand.front().get());
  for (auto count = at_hand.size(); count < workers; ++count) {
    auto socket = alone ? duplicate(at_hand.front().get()) : bind(listener, true);
    if (!socket) return socket.error();
    more.push_back(std::move(*socket));
  }
  return more;
}

}  // namespace

kernel::Result<Sockets> listen(const std::vector<config::Listener>& listeners, std::uint32_t workers,
                               const std::vector<net::Endpoint>& known, Sockets& at_hand) {
  Sockets opened;
  const auto needed = [&](const config::Listener& listener) { return !std::ranges::count(known, listener.bind); };
  // Our own workers share each port; nobody else may. Our own listener of before may have it under another address.
  for (const auto& listener : listeners) {
    if (!needed(listener) || at_hand.contains(listener.bind) || has_port_of(known, listener.bind)) continue;
    if (const auto probe = bind(listener, false); !probe) return probe.error();
  }
  for (const auto& listener : listeners) {
    if (!needed(listener)) continue;
    auto sockets = complete(listener, workers, at_hand[listener.bind]);
    if (!sockets) return sockets.error();
    opened[listener.bind] = std::move(*sockets);
  }
  // Once all are bound: whoever connects from here on is served.
  for (const auto& [bind, sockets] : opened) {
    for (const auto& socket : sockets) {
      if (::listen(socket.get(), tcp::acceptor::max_listen_connections) == 0) continue;
      return kernel::describe("cannot listen on " + net::to_string(bind), errno);
    }
  }
  for (auto& [bind, sockets] : opened) {
    std::ranges::move(at_hand[bind], std::back_inserter(sockets));
    at_hand.erase(bind);
  }
  return opened;
}

}  // namespace realpeer::session
