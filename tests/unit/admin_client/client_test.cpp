// What a client makes of whatever answers it, by a listener of the test's own.
#include "admin_client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "harness/process.h"

namespace realpeer::admin_client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr milliseconds kShort{100};
const std::string kDocument = R"({"node":"edge","listeners":[]})";

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Answers requests in order, each with its text as it stands. An empty one, and one that says "Connection: close", ends
// the connection.
class Server {
 public:
  explicit Server(std::vector<std::string> answers) : answers_(std::move(answers)) {
    thread_ = std::jthread([this] { serve(); });
  }
  ~Server() {
    over_ = true;
    asio::io_context context;
    tcp::socket last(context);
    boost::system::error_code ignored;
    last.connect(acceptor_.local_endpoint(), ignored);  // so that accept() returns
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] Address address() const { return *Address::parse("127.0.0.1:" + std::to_string(port())); }
  // Once all answers were given.
  const std::vector<std::string>& requests() {
    thread_.join();
    return requests_;
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve() {
    while (next_ < answers_.size() && !over_) {
      tcp::socket socket(context_);
      acceptor_.accept(socket);
      ++connections_;
      converse(socket);
    }
  }
  void converse(tcp::socket& socket) {
    std::string bytes;
    boost::system::error_code error;
    while (next_ < answers_.size()) {
      const auto end = asio::read_until(socket, asio::dynamic_buffer(bytes), "\r\n\r\n", error);
      if (error) return;
      requests_.push_back(bytes.substr(0, end));
      bytes.erase(0, end);
      const std::string& answer = answers_[next_++];
      asio::write(socket, asio::buffer(answer), error);
      if (answer.empty() || answer.find("Connection: close") != std::string::npos) return;
    }
    // Holds the connection until the client leaves it.
    asio::read_until(socket, asio::dynamic_buffer(bytes), "\r\n\r\n", error);
  }

  asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::vector<std::string> answers_;
  std::size_t next_ = 0;
  std::vector<std::string> requests_;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> over_ = false;
  std::jthread thread_;
};

// While it lives, this process has no more rights than nobody.
class AsNobody {
 public:
  AsNobody() { EXPECT_EQ(::seteuid(65534), 0); }
  ~AsNobody() { EXPECT_EQ(::seteuid(before_), 0); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  uid_t before_ = ::geteuid();
};

std::string error_of(Client client, const std::string& target = "/listeners") {
  const auto answer = client.get(target);
  return answer ? "none" : answer.error().text;
}

// Of a listener that gives this one answer.
std::string error_of_answer(const std::string& answer, const std::string& token = "") {
  const Server server({answer});
  return error_of(Client(server.address(), token, milliseconds(2000)));
}

TEST(AdminClient, ReadsADocument) {
  Server server({ok(kDocument)});
  {
    Client client(server.address());
    const auto answer = client.get("/connections?limit=5");
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->at("node"), "edge");
  }
  const auto request = server.requests().front();
  EXPECT_THAT(request, AllOf(HasSubstr("GET /connections?limit=5 HTTP/1.1\r\n"), Not(HasSubstr("Authorization"))));
}

TEST(AdminClient, BringsItsToken) {
  Server server({ok(kDocument)});
  EXPECT_EQ(error_of(Client(server.address(), "0123456789abcdef")), "none");
  EXPECT_THAT(server.requests().front(), HasSubstr("Authorization: Bearer 0123456789abcdef\r\n"));
}

// To a name but localhost a listener without a token answers 403.
TEST(AdminClient, AsksByAddressWhateverNameItWasGiven) {
  Server server({ok(kDocument)});
  EXPECT_EQ(error_of(Client(*Address::parse("localhost:" + std::to_string(server.port())))), "none");
  EXPECT_THAT(server.requests().front(), HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
}

TEST(AdminClient, KeepsItsConnectionForTheNextQuestion) {
  Server server({ok(kDocument), ok(kDocument), ok(kDocument)});
  Client client(server.address());
  for (int times = 0; times < 3; ++times) EXPECT_TRUE(client.get("/listeners"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(AdminClient, ConnectsAnewWhereItsConnectionWasClosed) {
  Server server({ok(kDocument, "Connection: close\r\n"), ok(kDocument), "", ok(kDocument)});
  Client client(server.address());
  EXPECT_TRUE(client.get("/listeners"));
  EXPECT_TRUE(client.get("/listeners"));  // anew, as the answer before said
  EXPECT_TRUE(client.get("/listeners"));  // closed without a word: asked again
  EXPECT_EQ(server.connections(), 3);
}

TEST(AdminClient, ReadsFromASocket) {
  const testing::TemporaryDirectory folder;
  const auto path = (folder.path() / "admin.sock").string();
  asio::io_context context;
  asio::local::stream_protocol::acceptor acceptor(context, path);
  const std::jthread server([&] {
    auto socket = acceptor.accept();
    std::string request;
    asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n");
    asio::write(socket, asio::buffer(ok(kDocument)));
  });
  EXPECT_EQ(error_of(Client(*Address::parse("unix:" + path))), "none");
}

TEST(AdminClient, SaysThatNobodyListens) {
  std::uint16_t port = 0;
  {
    const Server server({});
    port = server.port();
  }
  const std::string name = "127.0.0.1:" + std::to_string(port);
  EXPECT_EQ(error_of(Client(*Address::parse(name))),
            "nobody listens on " + name + ": is the daemon running, and does `admin` in its configuration name this?");
  const testing::TemporaryDirectory folder;
  const std::string missing = "unix:" + (folder.path() / "none.sock").string();
  EXPECT_THAT(error_of(Client(*Address::parse(missing))), HasSubstr("nobody listens on " + missing));
}

TEST(AdminClient, SaysWhoMayOpenTheSocket) {
  const testing::TemporaryDirectory folder;
  const auto path = (folder.path() / "admin.sock").string();
  asio::io_context context;
  const asio::local::stream_protocol::acceptor acceptor(context, path);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  const AsNobody nobody;  // root may open everything
  EXPECT_THAT(error_of(Client(*Address::parse("unix:" + path))), HasSubstr("may not be opened by this user"));
}

TEST(AdminClient, SaysWhatIsWrongWithTheToken) {
  const std::string unauthorized = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
  EXPECT_THAT(error_of_answer(unauthorized),
              HasSubstr("asks for its token: name the file that holds it with --token_file FILE"));
  EXPECT_THAT(error_of_answer(unauthorized, "0123456789abcdef"), HasSubstr("does not take this token"));
}

TEST(AdminClient, PassesOnWhatTheListenerSays) {
  EXPECT_THAT(error_of_answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 23\r\n\r\nstate is live or ended\n"),
              HasSubstr(" answers 400: state is live or ended"));
  EXPECT_THAT(error_of_answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n\x1b[2J\n"),
              HasSubstr(" answers 403: \\x1b[2J"));
  EXPECT_THAT(error_of_answer("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), HasSubstr("answers 500: no word why"));
  const std::string lengthy = "HTTP/1.1 404 Not Found\r\nContent-Length: 9999\r\n\r\n" + std::string(9999, 'x');
  EXPECT_LT(error_of_answer(lengthy).size(), limits::message + 50);
}

TEST(AdminClient, SaysThatAnotherProgramAnswers) {
  for (const std::string body : {"<html></html>", "[]", "{}", R"({"node":7})", ""}) {
    EXPECT_THAT(error_of_answer(ok(body)), HasSubstr("not as the admin listener of a realpeer")) << body;
  }
  EXPECT_THAT(error_of_answer("SSH-2.0-OpenSSH_9.2\r\n"), HasSubstr("does not speak HTTP"));
  EXPECT_THAT(error_of_answer(""), HasSubstr("ends the connection without an answer"));
}

TEST(AdminClient, TakesNoMoreThanItsLimit) {
  const std::string length = std::to_string(limits::body + 1);
  EXPECT_THAT(error_of_answer("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n"),
              HasSubstr("answers with more than 16 MiB"));
}

// Half an answer, and one that never begins.
TEST(AdminClient, WaitsForNoLongerThanItsPatience) {
  for (const std::string begun : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", " "}) {
    const Server server({begun});
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THAT(error_of(Client(server.address(), "", kShort)), HasSubstr("does not answer in time"));
    EXPECT_GE(std::chrono::steady_clock::now() - began, kShort);
  }
}

TEST(AdminClient, SaysThatANameIsNone) {
  EXPECT_THAT(error_of(Client(*Address::parse("none.invalid:9901"))), HasSubstr("the name in none.invalid:9901"));
}

}  // namespace
}  // namespace realpeer::admin_client
