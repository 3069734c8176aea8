#include "upstream/health.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/deadline.h"
#include "proxy_protocol/encode.h"

namespace realpeer::upstream {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// LOCAL of version 2, UNKNOWN of version 1: a connection of the gateway's own.
std::string nobody(config::Identity identity) {
  proxy_protocol::Header header;
  header.version = identity == config::Identity::proxy_v1 ? proxy_protocol::Version::v1 : proxy_protocol::Version::v2;
  header.command = proxy_protocol::Command::local;
  return proxy_protocol::encode(header);
}

struct Outcome {
  bool good;
  std::string why;
};

asio::awaitable<Outcome> check(const net::Endpoint& address, const config::Backend& backend) {
  const auto& health = *backend.health;
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto patience = std::min(health.timeout, health.interval);
  const net::Deadline deadline(socket, std::chrono::steady_clock::now() + patience);
  const auto failed = [&deadline](const boost::system::error_code& error) {
    return Outcome{false, deadline.expired() ? std::string("no answer in time") : error.message()};
  };
  const auto [refused] = co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
  if (refused) co_return failed(refused);
  if (!health.send_local) co_return Outcome{true, {}};
  const std::string header = nobody(backend.identity);
  const auto [broken, written] =
      co_await asio::async_write(socket, asio::buffer(header), asio::as_tuple(asio::use_awaitable));
  if (broken) co_return failed(broken);
  co_return Outcome{true, {}};
}

asio::awaitable<void> check_and_tell(Pool& pool, std::shared_ptr<Endpoint> endpoint) {
  const Outcome outcome = co_await check(endpoint->address, pool.backend());
  pool.checked(*endpoint, outcome.good, outcome.why);
}

}  // namespace

asio::awaitable<void> keep_checking(Pool& pool) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer pause(executor);
  for (;;) {
    pause.expires_after(pool.backend().health->interval);
    for (const auto& endpoint : pool.endpoints())
      asio::co_spawn(executor, check_and_tell(pool, endpoint), asio::detached);
    const auto [ended] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    if (ended) co_return;
  }
}

}  // namespace realpeer::upstream
