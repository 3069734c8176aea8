#include "upstream/health.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>

#include "net/deadline.h"
#include "proxy_protocol/encode.h"
#include "upstream/own_trouble.h"

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
  boost::system::error_code error;
  bool timed_out = false;
};

asio::awaitable<Outcome> check(const net::Endpoint& address, const config::Backend& backend) {
  const auto& health = *backend.health;
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto patience = std::min(health.timeout, health.interval);
  const net::Deadline deadline(socket, std::chrono::steady_clock::now() + patience);
  const auto [refused] = co_await socket.async_connect(address, asio::as_tuple(asio::use_awaitable));
  if (refused || !health.send_local) co_return Outcome{refused, deadline.expired()};
  const std::string header = nobody(backend.identity);
  const auto [broken, written] =
      co_await asio::async_write(socket, asio::buffer(header), asio::as_tuple(asio::use_awaitable));
  co_return Outcome{broken, deadline.expired()};
}

asio::awaitable<void> check_and_tell(Pool& pool, std::shared_ptr<Endpoint> endpoint) {
  const auto began = Clock::now();
  const Outcome outcome = co_await check(endpoint->address, pool.backend());
  if (!outcome.timed_out && own_trouble(outcome.error)) {
    spdlog::warn("backend '{}': endpoint {} could not be checked: {}", pool.backend().name, endpoint->text,
                 outcome.error.message());
    co_return;
  }
  pool.checked(*endpoint, !outcome.error, outcome.timed_out ? "no answer in time" : outcome.error.message(), began);
}

void report(const Pool& pool, std::exception_ptr failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    spdlog::error("backend '{}': a health check ended by an unexpected error: {}", pool.backend().name,
                  exception.what());
  }
}

}  // namespace

asio::awaitable<void> keep_checking(Pool& pool) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer pause(executor);
  for (;;) {
    pause.expires_after(pool.backend().health->interval);
    for (const auto& endpoint : pool.endpoints()) {
      asio::co_spawn(executor, check_and_tell(pool, endpoint),
                     [&pool](std::exception_ptr failure) { report(pool, std::move(failure)); });
    }
    const auto [ended] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    if (ended) co_return;
  }
}

}  // namespace realpeer::upstream
