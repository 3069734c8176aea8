// Connections that go on with another protocol: from then on they are bytes, and spliced like any others.
#include "e2e/https.h"
#include "harness/receivers/http_programs.h"

namespace realpeer::testing {
namespace {

std::string upgrade(const std::string& path, const std::string& protocol = "websocket") {
  return get_request(path, "Connection: keep-alive, Upgrade\r\nUpgrade: " + protocol +
                               "\r\nSec-WebSocket-Version: 13\r\nX-Forwarded-For: 198.51.100.99\r\n");
}
const std::string kSwitching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";

class HttpUpgrade : public Https {
 protected:
  template <typename Client>
  static void expect_switched(Client& client) {
    const auto answer = read_head(reading(client));
    EXPECT_EQ(answer.status(), 101);
    EXPECT_EQ(answer.field("Upgrade"), "websocket");
    EXPECT_THAT(answer.field("Connection"), ::testing::StrCaseEq("upgrade"));
    EXPECT_EQ(answer.field("X-Seen-For"), "203.0.113.42");
  }
};

TEST_P(HttpUpgrade, BecomesBytesBothWaysOnThePathAskedFor) {
  const NodeHttp node(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(upgrade("/ws"));
  expect_switched(client);
  constexpr auto kBytes = 16 * kMiB;
  at_once({[&] { send_content(client, kUpload, kBytes); }, [&] { receive_content(client, kUpload, kBytes); }});
  client.shutdown_write();
  EXPECT_EQ(client.receive_until_eof(), "");
  const auto record = record_of_request("/ws");
  EXPECT_EQ(record.text("path"), GetParam()) << record;
  EXPECT_EQ(record.text("end"), "closed") << record;
  EXPECT_EQ(of_request(record, "status"), "101") << record;
  EXPECT_GE(record.number("bytes_in"), kBytes) << record;
  EXPECT_GE(record.number("bytes_out"), kBytes) << record;
}

// How much of a bulk the kernel carries depends on who is faster; of a conversation it is all but the first words.
TEST_P(HttpUpgrade, AConversationAfterItIsCarriedByTheKernelWhereItSplices) {
  const NodeHttp node(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(upgrade("/ws"));
  expect_switched(client);
  constexpr std::uint64_t kRounds = 2'000;
  const std::string message(100, 'm');
  for (std::uint64_t i = 0; i < kRounds; ++i) {
    client.send_all(message);
    ASSERT_EQ(client.receive_exactly(message.size()), message);
  }
  client.shutdown_write();
  EXPECT_EQ(client.receive_until_eof(), "");
  const auto record = record_of_request("/ws");
  const auto spliced = record.number("bytes_spliced");
  if (GetParam() == "sockmap") {
    EXPECT_GE(spliced, 2 * kRounds * message.size() * 9 / 10) << record;
  } else {
    EXPECT_EQ(spliced, 0U) << record;
  }
}

TEST_P(HttpUpgrade, OverTlsBecomesBytesToo) {
  const NodeHttp node(net->backend, kApp);
  start_https();
  TlsSocket client(connect());
  client.send_all(upgrade("/wss"));
  expect_switched(client);
  for (std::uint64_t have = 0; have < 4 * kMiB; have += 16 * kKiB) {
    const auto piece = kUpload.bytes(have, 16 * kKiB);
    client.send_all(piece);
    ASSERT_EQ(client.receive_exactly(piece.size()), piece);
  }
  client.end();
  EXPECT_TRUE(client.ends_in_order());
  const auto record = record_of_request("/wss");
  EXPECT_EQ(record.text("path"), "relay") << record;
  EXPECT_EQ(record.text("end"), "closed") << record;
  EXPECT_GE(record.number("bytes_out"), 4 * kMiB) << record;
}

TEST_P(HttpUpgrade, WhatEitherSideSaidTooEarlyIsNotLost) {
  backend.emplace(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(upgrade("/early") + "from the client");
  Socket server = backend->accept();
  EXPECT_EQ(read_head(reading(server)).field("Upgrade"), "websocket");
  server.send_all(kSwitching + "\r\nfrom the server");
  EXPECT_EQ(read_head(reading(client)).status(), 101);
  EXPECT_EQ(client.receive_exactly(15), "from the server");
  EXPECT_EQ(server.receive_exactly(15), "from the client");
  expect_conversation(client, server);
}

TEST_P(HttpUpgrade, EndsInEachDirectionByItself) {
  backend.emplace(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(upgrade("/"));
  Socket server = backend->accept();
  read_head(reading(server));
  server.send_all(kSwitching + "\r\n");
  read_head(reading(client));
  client.shutdown_write();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.send_all("still here");
  server.close();
  EXPECT_EQ(client.receive_until_eof(), "still here");
}

TEST_P(HttpUpgrade, ThatABackendRefusesLeavesTheConnectionAsItWas) {
  start_with_app();
  Socket client = connect();
  client.send_all(upgrade("/refused") + get_request("/next"));
  EXPECT_EQ(read_response(client).body, "GET /refused");
  EXPECT_EQ(read_response(client).body, "GET /next");
}

// Over a connection that became HTTP/2, or TLS, requests would come that nobody has looked at.
TEST_P(HttpUpgrade, ToHttpItselfIsNotPassedOn) {
  start_with_app();
  for (const auto* protocol : {"h2c", "H2C", "h2", "TLS/1.0", "HTTP/2.0", "websocket, h2c"}) {
    const auto seen =
        passed(get_request("/", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + std::string(protocol) +
                                    "\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"));
    EXPECT_FALSE(seen.has("Upgrade")) << protocol;
    EXPECT_FALSE(seen.has("Connection")) << protocol;
    EXPECT_FALSE(seen.has("HTTP2-Settings")) << protocol;
  }
  const auto by_curl = get({.url = "http://203.0.113.1:8000/h2c", .options = {"--http2"}});
  EXPECT_EQ(by_curl.body, "GET /h2c");
}

TEST_P(HttpUpgrade, NeedsBothFields) {
  start_with_app();
  EXPECT_FALSE(passed(get_request("/", "Upgrade: websocket\r\n")).has("Upgrade"));
  EXPECT_FALSE(passed(get_request("/", "Connection: Upgrade\r\n")).has("Connection"));
}

INSTANTIATE_TEST_SUITE_P(Path, HttpUpgrade, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
