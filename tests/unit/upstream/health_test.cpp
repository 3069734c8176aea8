// Checks of a backend that listens on loopback: what it is sent, and how it stands by what it does.
#include "upstream/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "unit/upstream/resolving.h"

namespace realpeer::upstream {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* good = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes";
constexpr const char* bad = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

// A backend that gives everybody the same answer, once it was sent something; none where `answer` is empty.
class Server {
 public:
  explicit Server(asio::io_context& context) : acceptor_(context, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(context, accept_all(), asio::detached);
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() { acceptor_.close(); }

  std::string answer;
  std::string seen;  // what the last one sent
  int connections = 0;

 private:
  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      ++connections;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    std::string bytes(4'096, '\0');
    const auto [ended, size] =
        co_await socket.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    if (ended) co_return;
    seen = bytes.substr(0, size);
    co_await asio::async_write(socket, asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
    co_await socket.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
  }

  tcp::acceptor acceptor_;
};

class HealthChecks : public ::testing::Test {
 protected:
  void start(const config::Health& health) {
    backend.name = "app";
    backend.endpoints = {{"127.0.0.1", server.port()}};
    backend.health = health;
    pool.emplace(backend);
    asio::co_spawn(context, keep_checking(*pool), asio::detached);
  }
  [[nodiscard]] EndpointStatus status() const { return pool->status().at(0); }
  bool becomes(const std::string& state) {
    return run_until(context, [&] { return status().state == state; });
  }

  config::Backend backend;
  std::optional<Pool> pool;
  asio::io_context context{1};  // ends before what its coroutines refer to
  Server server{context};
};

const config::Health by_path{.interval = 100ms, .timeout = 5s, .rise = 2, .fall = 2, .path = "/healthz"};

TEST_F(HealthChecks, TakeAnEndpointDownThatAnswersBadlyAndBackThatAnswersWell) {
  server.answer = bad;
  start(by_path);
  ASSERT_TRUE(becomes("down"));
  EXPECT_EQ(status().why, "answered 503 to GET /healthz");
  server.answer = good;
  ASSERT_TRUE(becomes("up"));
  server.answer = bad;
  ASSERT_TRUE(becomes("down"));
}

TEST_F(HealthChecks, AskAsTheConfigurationSays) {
  server.answer = good;
  config::Health health = by_path;
  health.host = "git.example.com";
  start(health);
  ASSERT_TRUE(run_until(context, [&] { return !server.seen.empty(); }));
  EXPECT_EQ(server.seen,
            "GET /healthz HTTP/1.1\r\nHost: git.example.com\r\nUser-Agent: realpeer\r\nConnection: close\r\n\r\n");
}

TEST_F(HealthChecks, SendTheHeaderThatNamesNobodyBeforeTheRequest) {
  config::Health health = by_path;
  health.send_local = true;
  backend.identity = config::Identity::proxy_v1;
  start(health);
  ASSERT_TRUE(run_until(context, [&] { return !server.seen.empty(); }));
  EXPECT_THAT(server.seen, StartsWith("PROXY UNKNOWN\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST_F(HealthChecks, WithoutPathSendNothingButTheHeader) {
  config::Health health = by_path;
  health.path.clear();
  health.send_local = true;
  start(health);
  ASSERT_TRUE(run_until(context, [&] { return !server.seen.empty(); }));
  EXPECT_THAT(server.seen, StartsWith(std::string("\r\n\r\n\0\r\nQUIT\n\x20", 13)));
  EXPECT_THAT(server.seen, Not(EndsWith("\r\n\r\n")));
}

TEST_F(HealthChecks, WithoutPathAndHeaderAreGoodOnceConnected) {
  config::Health health = by_path;
  health.path.clear();
  start(health);
  ASSERT_TRUE(run_until(context, [&] { return server.connections > 2; }));
  EXPECT_EQ(status().state, "up");
  EXPECT_EQ(server.seen, "");
  server.stop();
  ASSERT_TRUE(becomes("down"));
  EXPECT_EQ(status().why, "Connection refused");
}

TEST_F(HealthChecks, DoNotWaitForAnAnswerLongerThanTheyMay) {
  config::Health health = by_path;
  health.timeout = 30ms;
  start(health);
  ASSERT_TRUE(becomes("down"));
  EXPECT_EQ(status().why, "no answer in time");
}

}  // namespace
}  // namespace realpeer::upstream
