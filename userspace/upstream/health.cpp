#include "upstream/health.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <exception>

#include "proxy_protocol/encode.h"
#include "upstream/http_check.h"
#include "upstream/own_trouble.h"

namespace realpeer::upstream {

namespace {

namespace asio = boost::asio;

// LOCAL of version 2, UNKNOWN of version 1: a connection of the gateway's own.
std::string nobody(config::Identity identity) {
  proxy_protocol::Header header;
  header.version = identity == config::Identity::proxy_v1 ? proxy_protocol::Version::v1 : proxy_protocol::Version::v2;
  header.command = proxy_protocol::Command::local;
  return proxy_protocol::encode(header);
}

// What a check sends: a header, a request, both or nothing.
std::string first_bytes(const config::Backend& backend, const config::EndpointSpec& endpoint) {
  const auto& health = *backend.health;
  const std::string header = health.send_local ? nobody(backend.identity) : std::string();
  return health.path.empty() ? header : header + check_request(health, endpoint);
}

asio::awaitable<CheckAnswer> check(const Endpoint& endpoint, const config::Backend& backend) {
  const auto& health = *backend.health;
  boost::beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(std::min(health.timeout, health.interval));  // all of it
  const auto [refused] = co_await stream.async_connect(endpoint.address, asio::as_tuple(asio::use_awaitable));
  const std::string bytes = first_bytes(backend, endpoint.spec);
  if (refused || bytes.empty()) co_return CheckAnswer{refused, {}};
  const auto [broken, written] =
      co_await asio::async_write(stream, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
  if (broken || health.path.empty()) co_return CheckAnswer{broken, {}};
  co_return co_await read_answer(stream, health);
}

// Empty: the check was good.
std::string reason(const CheckAnswer& answer) {
  if (answer.error == boost::beast::error::timeout) return "no answer in time";
  return answer.error ? answer.error.message() : answer.wrong;
}

asio::awaitable<void> check_and_tell(Pool& pool, std::shared_ptr<Endpoint> endpoint) {
  const auto began = Clock::now();
  const CheckAnswer answer = co_await check(*endpoint, pool.backend());
  const std::string why = reason(answer);
  if (own_trouble(answer.error)) {
    spdlog::warn("backend '{}': endpoint {} could not be checked: {}", pool.backend().name, endpoint->text, why);
    co_return;
  }
  pool.checked(*endpoint, why.empty(), why, began);
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
