// What the admin listener answers and whom it leaves waiting, by its unix socket.
#include "admin/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <thread>

#include "harness/process.h"

namespace realpeer::admin {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A client that reads until it is left.
class Client {
 public:
  explicit Client(const std::string& path) { socket_.connect(stream_protocol::endpoint(path)); }

  void send(const std::string& text) {
    boost::system::error_code left;
    asio::write(socket_, asio::buffer(text), left);
  }
  // Until the other side closes.
  std::string rest() {
    std::string text;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(text), end);
    return text;
  }
  // Until so much has come.
  std::string read(const std::string& end) {
    std::string text;
    char byte = 0;
    while (!text.ends_with(end) && asio::read(socket_, asio::buffer(&byte, 1)) == 1) text += byte;
    return text;
  }

 private:
  asio::io_context context_;
  stream_protocol::socket socket_{context_};
};

class AdminListener : public ::testing::Test {
 protected:
  AdminListener() {
    const Pages pages{{"/page", at_once([] { return Page{.body = "text\n"}; })},
                      {"/large", at_once([] { return Page{.body = std::string(4U << 20, 'x')}; })}};
    auto made = Listener::create(context_, {.bind = path_}, {.by_socket = true}, pages);
    if (!made) throw std::runtime_error(made.error().text);
    listener_ = std::move(*made);
    thread_ = std::jthread([this] { context_.run(); });
  }
  ~AdminListener() override { context_.stop(); }

  [[nodiscard]] std::string answer_to(const std::string& request) const {
    Client client(path_);
    client.send(request);
    return client.rest();
  }

  const testing::TemporaryDirectory folder_{};
  const std::string path_ = (folder_.path() / "admin.sock").string();
  asio::io_context context_{1};
  std::unique_ptr<Listener> listener_;
  std::jthread thread_;
};

TEST_F(AdminListener, AnswersWithThePage) {
  EXPECT_THAT(answer_to("GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"),
                    HasSubstr("Content-Length: 5\r\n"), EndsWith("\r\n\r\ntext\n")));
}

TEST_F(AdminListener, AnswersHeadWithTheLengthAlone) {
  EXPECT_THAT(answer_to("HEAD /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 5\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(AdminListener, SaysWhichMethodsItAllows) {
  EXPECT_THAT(answer_to("DELETE /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"), HasSubstr("Allow: GET, HEAD\r\n")));
}

TEST_F(AdminListener, AnswersOneAfterTheOtherOnAConnection) {
  Client client(path_);
  for (int times = 0; times < 3; ++times) {
    client.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read("text\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  client.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("text\nHTTP/1.1 404 Not Found\r\n")));
}

TEST_F(AdminListener, EndsWithHttp10AndWithABody) {
  EXPECT_THAT(answer_to("GET /page HTTP/1.0\r\n\r\n"), AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), EndsWith("text\n")));
  EXPECT_THAT(answer_to("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Connection: close\r\n")));
}

TEST_F(AdminListener, SendsALargePageWhole) {
  const std::string answer = answer_to("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer.substr(0, 200), HasSubstr("Content-Length: 4194304\r\n"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 4U << 20);
}

TEST_F(AdminListener, TakesAHeaderOf8KiBAndNoLarger) {
  const auto padded_to = [](std::size_t size) {
    const std::string begin = "GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Padding: ";
    const std::string end = "\r\n\r\n";
    return begin + std::string(size - begin.size() - end.size(), 'p') + end;
  };
  EXPECT_THAT(answer_to(padded_to(limits::header)), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(answer_to(padded_to(limits::header + 100)), "");
  EXPECT_EQ(answer_to(padded_to(100 * limits::header)), "");
  EXPECT_EQ(answer_to("GET /page?" + std::string(limits::header, 'q') + " HTTP/1.1\r\nHost: x\r\n\r\n"), "");
}

TEST_F(AdminListener, LeavesWithoutAnAnswerWhatIsNoRequest) {
  EXPECT_EQ(answer_to("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "");
  EXPECT_EQ(answer_to("GET /page HTTP/1.1\r\nContent-Length: x\r\n\r\n"), "");
}

TEST_F(AdminListener, LeavesAClientThatIsSlowerThanItsPatience) {
  Client silent(path_);
  Client slow(path_);
  Client lasting(path_);
  lasting.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto began = std::chrono::steady_clock::now();
  const std::jthread trickle([&slow](const std::stop_token& over) {
    slow.send("GET /page HTTP/1.1\r\n");
    while (!over.stop_requested()) {
      slow.send("X: y\r\n");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(slow.rest(), "");
  EXPECT_THAT(lasting.rest(), EndsWith("text\n"));
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(took, limits::patience - std::chrono::milliseconds(100));
  EXPECT_LT(took, limits::patience * 2);
}

TEST_F(AdminListener, HoldsNoMoreConnectionsThanItsLimit) {
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < limits::connections; ++i) {
    clients.push_back(std::make_unique<Client>(path_));
    clients.back()->send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n");
    clients.back()->read("text\n");
  }
  EXPECT_EQ(answer_to("GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "");
  clients.front()->send("GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(clients.front()->rest(), EndsWith("text\n"));
  // The place is free a moment later.
  EXPECT_TRUE(testing::eventually([&] { return answer_to("GET /page HTTP/1.0\r\n\r\n").ends_with("text\n"); },
                                  testing::Duration{3'000}));
}

TEST_F(AdminListener, NamesThePlaceAndTheRemedyWhereItCannotListen) {
  asio::io_context context;
  const auto second = Listener::create(context, {.bind = path_, .place = {"realpeer.yaml", 7}}, {}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, "realpeer.yaml:7: error: admin cannot listen on unix:" + path_ +
                                     ": another daemon listens there: stop it, or name another path");
}

TEST_F(AdminListener, TakesItsFileAway) {
  context_.stop();
  thread_.join();
  listener_.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace realpeer::admin
