// The request of a health check, and every kind of answer to it over a connection of loopback.
#include "upstream/http_check.h"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <ostream>

namespace realpeer::upstream {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

const config::Health healthz{.path = "/healthz"};

// --- the request ---

TEST(ACheckRequest, AsksForThePathOfTheEndpointAsItIsWritten) {
  EXPECT_EQ(check_request(healthz, {"web.internal", 8080}),
            "GET /healthz HTTP/1.1\r\nHost: web.internal:8080\r\nUser-Agent: realpeer\r\nConnection: close\r\n\r\n");
}

TEST(ACheckRequest, AsksForTheHostOfTheConfiguration) {
  EXPECT_EQ(check_request({.path = "/?x=1", .host = "git.example.com"}, {"10.0.0.7", 80}),
            "GET /?x=1 HTTP/1.1\r\nHost: git.example.com\r\nUser-Agent: realpeer\r\nConnection: close\r\n\r\n");
}

TEST(ACheckRequest, WritesAnIPv6EndpointInBracketsAndWithoutItsLink) {
  const auto has_host = [](const std::string& request, const std::string& host) {
    return request.find("\r\nHost: " + host + "\r\n") != std::string::npos;
  };
  EXPECT_TRUE(has_host(check_request(healthz, {"2001:db8::1", 80}), "[2001:db8::1]:80"));
  EXPECT_TRUE(has_host(check_request(healthz, {"fe80::1%eth0", 80}), "[fe80::1]:80"));
}

// --- the answer ---

// Both ends of a connection; what reads the answer has `patience`.
class Connection {
 public:
  explicit Connection(std::chrono::milliseconds patience = 20s) {
    tcp::acceptor acceptor(context_, {asio::ip::address_v4::loopback(), 0});
    stream_.socket().connect(acceptor.local_endpoint());
    server = acceptor.accept();
    stream_.expires_after(patience);
  }

  CheckAnswer answer() {
    CheckAnswer result;
    asio::co_spawn(context_, read_answer(stream_, healthz), [&](const std::exception_ptr& failure, CheckAnswer read) {
      if (failure) ADD_FAILURE() << "an exception";
      result = std::move(read);
      context_.stop();
    });
    context_.run();
    return result;
  }

 private:
  asio::io_context context_{1};
  boost::beast::tcp_stream stream_{context_};

 public:
  tcp::socket server{context_};
};

struct Row {
  const char* name;
  std::string sent;
  std::string wrong{};  // empty: a good answer
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

std::string name_of(const testing::TestParamInfo<Row>& test) { return test.param.name; }

std::string with_field_of(std::size_t size) { return "HTTP/1.1 200 OK\r\nX: " + std::string(size, 'x') + "\r\n\r\n"; }

class Answers : public testing::TestWithParam<Row> {};

TEST_P(Answers, AreJudgedByTheirHead) {
  Connection connection;
  asio::write(connection.server, asio::buffer(GetParam().sent));
  const CheckAnswer answer = connection.answer();
  EXPECT_FALSE(answer.error) << answer.error.message();
  EXPECT_EQ(answer.wrong, GetParam().wrong);
}

INSTANTIATE_TEST_SUITE_P(
    Good, Answers,
    testing::Values(Row{"Of200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                    Row{"WithoutAPhrase", "HTTP/1.1 204 \r\n\r\n"}, Row{"OfThe1990s", "HTTP/1.0 200 OK\r\n\r\n"},
                    Row{"OfARedirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n"},
                    Row{"OfTheLastGoodStatus", "HTTP/1.1 399 Odd\r\n\r\n"},
                    Row{"WithItsBody", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
                    Row{"BeforeItsBody", "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n"},
                    Row{"BeforeTheLargestBody", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"},
                    Row{"BeforeABodyThatIsNone", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz"},
                    Row{"AfterAnInterimOne", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"},
                    Row{"WithALongField", with_field_of(8'000)}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Bad, Answers,
    testing::Values(
        Row{"Of503", "HTTP/1.1 503 Service Unavailable\r\n\r\n", "answered 503 to GET /healthz"},
        Row{"Of404", "HTTP/1.1 404 Not Found\r\n\r\n", "answered 404 to GET /healthz"},
        Row{"OfTheFirstBadStatus", "HTTP/1.1 400 Bad Request\r\n\r\n", "answered 400 to GET /healthz"},
        Row{"OfNoStatusThereIs", "HTTP/1.1 999 No\r\n\r\n", "answered 999 to GET /healthz"},
        Row{"AfterAnInterimOne", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
            "answered 500 to GET /healthz"},
        Row{"OfSsh", "SSH-2.0-OpenSSH_9.2\r\n", "answered no HTTP to GET /healthz: bad version"},
        Row{"OfAStatusThatIsNone", "HTTP/1.1 2x0 OK\r\n\r\n", "answered no HTTP to GET /healthz: bad status"},
        Row{"WithAFieldThatIsNone", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "answered no HTTP to GET /healthz: bad field"},
        Row{"WithATooLongField", with_field_of(9'000), "answered GET /healthz with a header of more than 8 KiB"},
        Row{"WithoutEndOfItsHead", "HTTP/1.1 200 OK\r\nX: " + std::string(9'000, 'x'),
            "answered GET /healthz with a header of more than 8 KiB"}),
    name_of);

TEST(AnAnswer, ThatDoesNotComeIsWrong) {
  Connection connection;
  connection.server.close();
  EXPECT_EQ(connection.answer().wrong, "closed without an answer to GET /healthz");
}

TEST(AnAnswer, ThatEndsInItsHeadIsWrong) {
  Connection connection;
  asio::write(connection.server, asio::buffer("HTTP/1.1 200 OK\r\nX: y", 21));
  connection.server.close();
  EXPECT_EQ(connection.answer().wrong, "closed in the middle of its answer to GET /healthz");
}

TEST(AnAnswer, OfInterimOnesWithoutEndIsWrong) {
  Connection connection;
  for (int i = 0; i < 20; ++i) asio::write(connection.server, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25));
  EXPECT_EQ(connection.answer().wrong, "answered 100 to GET /healthz");
}

TEST(AnAnswer, InPlaceOfWhichTheConnectionIsResetIsAnErrorOfTheConnection) {
  Connection connection;
  connection.server.set_option(tcp::socket::linger(true, 0));
  connection.server.close();
  EXPECT_EQ(connection.answer().error, boost::system::errc::connection_reset);
}

TEST(AnAnswer, IsNotWaitedForLongerThanTheStreamHas) {
  Connection connection(20ms);
  EXPECT_EQ(connection.answer().error, boost::beast::error::timeout);
}

TEST(AnAnswer, IsNotWaitedForLongerHoweverItDrips) {
  Connection connection(50ms);
  const auto drip = [](tcp::socket& server) -> asio::awaitable<void> {
    asio::steady_timer pause(server.get_executor());
    for (boost::system::error_code ended; !ended;) {
      const auto [error, size] =
          co_await asio::async_write(server, asio::buffer("H", 1), asio::as_tuple(asio::use_awaitable));
      ended = error;
      pause.expires_after(1ms);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  };
  asio::write(connection.server, asio::buffer("HTTP/1.1 200 OK\r\nX: ", 20));
  asio::co_spawn(connection.server.get_executor(), drip(connection.server), asio::detached);
  EXPECT_EQ(connection.answer().error, boost::beast::error::timeout);
}

}  // namespace
}  // namespace realpeer::upstream
