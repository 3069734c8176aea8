#include "session/connector.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "session/deadline.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using policy::RejectReason;
using Time = std::chrono::steady_clock::time_point;

// The addresses of one configured endpoint: itself, or what its name resolves to now.
asio::awaitable<std::vector<net::Endpoint>> resolve(asio::any_io_executor executor, const config::EndpointSpec& spec,
                                                    Time until) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(spec.host, error);
  if (!error) co_return std::vector{net::Endpoint(address, spec.port)};
  tcp::resolver resolver(executor);
  const Deadline deadline(resolver, until);
  const auto [failed, results] = co_await resolver.async_resolve(
      spec.host, std::to_string(spec.port), tcp::resolver::numeric_service, asio::as_tuple(asio::use_awaitable));
  std::vector<net::Endpoint> found;
  if (!failed) {
    for (const auto& result : results) found.push_back(result.endpoint());
  }
  co_return found;
}

// Announces the client of a connecting socket. Taking it back finds nothing where a SYN left.
class Announcement {
 public:
  Announcement(kernel::ClientMap* clients, tcp::socket& socket, const realpeer_client& client)
      : clients_(clients), socket_(socket) {
    if (clients_ != nullptr && !clients_->expect(socket_.native_handle(), client)) {
      spdlog::warn("no room in the client map: `realpeer whois` will not know a connection (limits.connections)");
    }
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;
  ~Announcement() {
    if (clients_ != nullptr) clients_->forget(socket_.native_handle());
  }

 private:
  kernel::ClientMap* clients_;
  tcp::socket& socket_;
};

struct Attempt {
  boost::system::error_code error;
  bool timed_out = false;
};

asio::awaitable<Attempt> attempt(tcp::socket& socket, const net::Endpoint& endpoint, Time until,
                                 kernel::ClientMap* clients, const realpeer_client& client) {
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (error) co_return Attempt{error, false};
  socket.set_option(tcp::no_delay(true), error);
  const Announcement announcement(clients, socket, client);
  const Deadline deadline(socket, until);
  const auto [failed] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  co_return Attempt{failed, failed && deadline.expired()};
}

}  // namespace

Stage<Connected> connect_backend(asio::any_io_executor executor, BackendState& backend,
                                 std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const realpeer_client& client) {
  const auto& endpoints = backend.config->endpoints;
  const std::size_t first = backend.turn.fetch_add(1, std::memory_order_relaxed);
  const Time end = std::chrono::steady_clock::now() + timeout;
  std::string failures;
  bool any_answered = false;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto& spec = endpoints[(first + i) % endpoints.size()];
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) break;
    const Time until = now + (end - now) / static_cast<std::int64_t>(endpoints.size() - i);
    const auto addresses = co_await resolve(executor, spec, until);
    failures += failures.empty() ? "" : "; ";
    failures += spec.to_string();
    if (addresses.empty()) {
      failures += ": the name does not resolve";
      any_answered = true;
    }
    for (std::size_t j = 0; j < addresses.size(); ++j) {
      const auto begin = std::chrono::steady_clock::now();
      const Time share = begin + (until - begin) / static_cast<std::int64_t>(addresses.size() - j);
      tcp::socket socket(executor);
      const Attempt result = co_await attempt(socket, addresses[j], share, clients, client);
      if (!result.error) co_return Connected{std::move(socket), spec.to_string()};
      failures += ": " + (result.timed_out ? std::string("no answer in time") : result.error.message());
      any_answered = any_answered || !result.timed_out;
    }
  }
  co_return Refusal{.reason = any_answered ? RejectReason::backend_unavailable : RejectReason::backend_timeout,
                    .detail = std::move(failures),
                    .looks_like = {}};
}

}  // namespace realpeer::session
