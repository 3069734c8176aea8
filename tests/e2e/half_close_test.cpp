// Each direction ends on its own: the FIN comes after the last byte, and the other direction still works after it.
#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

// Takes everything that is sent at once, so that the FIN is on its way behind data nobody has read.
constexpr int kLargeBuffer = 8 * 1024 * 1024;
constexpr Pace kSlow{32 * kKiB, Duration{2}};

class HalfClose : public Chain {
 protected:
  // `first` sends 4 MiB and its FIN at once while `second` does not read; then `second` reads slowly, answers, closes.
  void expect_fin_after_queued_bytes(Socket& first, Content content, Socket& second, Content answer) {
    send_content(first, content, 4 * kMiB);
    first.shutdown_write();
    receive_content_to_eof(second, content, 4 * kMiB, 0, kSlow);
    at_once({[&] {
               send_content(second, answer, kMiB);
               second.shutdown_write();
             },
             [&] { receive_content_to_eof(first, answer, kMiB); }});
  }
};

TEST_P(HalfClose, TheClientsFinFollowsTheBytesQueuedForASlowBackend) {
  start();
  auto [client, server, header] = open_talking({.send_buffer = kLargeBuffer});
  expect_fin_after_queued_bytes(client, kUpload, server, kDownload);
  expect_record(client.local(), "closed", kAsked + 4 * kMiB, kAnswered + kMiB);
}

TEST_P(HalfClose, TheBackendsFinFollowsTheBytesQueuedForASlowClient) {
  backend_options.send_buffer = kLargeBuffer;
  start();
  auto [client, server, header] = open_talking();
  expect_fin_after_queued_bytes(server, kDownload, client, kUpload);
  expect_record(client.local(), "closed", kAsked + kMiB, kAnswered + 4 * kMiB);
}

TEST_P(HalfClose, BothFinsFollowTheirBytesWhenBothSidesCloseAtOnce) {
  backend_options.send_buffer = kLargeBuffer;
  start();
  auto [client, server, header] = open_talking({.send_buffer = kLargeBuffer});
  send_content(client, kUpload, 4 * kMiB);
  send_content(server, kDownload, 4 * kMiB);
  client.shutdown_write();
  server.shutdown_write();
  at_once({[&s = server] { receive_content_to_eof(s, kUpload, 4 * kMiB, 0, kSlow); },
           [&c = client] { receive_content_to_eof(c, kDownload, 4 * kMiB, 0, kSlow); }});
  expect_record(client.local(), "closed", kAsked + 4 * kMiB, kAnswered + 4 * kMiB);
}

TEST_P(HalfClose, TheBackendMaySpeakForLongAfterTheClientsFin) {
  start();
  auto [client, server, header] = open();
  client.shutdown_write();
  EXPECT_EQ(server.receive_until_eof(), "");
  for (int i = 0; i < 300; ++i) {
    server.send_all("tick");
    ASSERT_EQ(client.receive_exactly(4), "tick") << "message " << i;
  }
  at_once({[&s = server] {
             send_content(s, kDownload, 32 * kMiB);
             s.shutdown_write();
           },
           [&c = client] { receive_content_to_eof(c, kDownload, 32 * kMiB); }});
}

TEST_P(HalfClose, TheClientMaySpeakForLongAfterTheBackendsFin) {
  start();
  auto [client, server, header] = open();
  server.shutdown_write();
  EXPECT_EQ(client.receive_until_eof(), "");
  for (int i = 0; i < 300; ++i) {
    client.send_all("tick");
    ASSERT_EQ(server.receive_exactly(4), "tick") << "message " << i;
  }
  at_once({[&c = client] {
             send_content(c, kUpload, 32 * kMiB);
             c.shutdown_write();
           },
           [&s = server] { receive_content_to_eof(s, kUpload, 32 * kMiB); }});
}

TEST_P(HalfClose, AFinIsNotHeldBackByASilentOtherDirection) {
  start();
  auto [client, server, header] = open();
  client.send_all("request");
  client.shutdown_write();
  const Stopwatch since_fin;
  EXPECT_EQ(server.receive_until_eof(), "request");
  EXPECT_LT(since_fin.elapsed(), kSoon);
  EXPECT_FALSE(client.readable_within(Duration{100})) << "the client saw an end that its backend did not send";
}

// `printf request | nc -N`: header, request and FIN are there before the gateway has begun to connect.
TEST_P(HalfClose, ARequestSentWholeWithItsFinIsAnswered) {
  start();
  for (int round = 0; round < 300; ++round) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled) + "request");
    client.shutdown_write();
    Socket server = backend->accept();
    read_proxy_v2(server);
    ASSERT_EQ(server.receive_until_eof(), "request") << "round " << round;
    server.send_all("answer");
    server.close();
    ASSERT_EQ(client.receive_until_eof(), "answer") << "round " << round;
  }
}

// The FIN meets the splice in every state: just engaged, idle, with bytes on their way.
TEST_P(HalfClose, ManyShortConversationsLoseNoAnswer) {
  start();
  for (int round = 0; round < 300; ++round) {
    auto [client, server, header] = open();
    const auto size = static_cast<std::uint64_t>(round) * 997 % 70'000;
    send_content(client, kUpload, size);
    client.shutdown_write();
    receive_content_to_eof(server, kUpload, size);
    send_content(server, kDownload, size / 2);
    server.shutdown_write();
    ASSERT_NO_THROW(receive_content_to_eof(client, kDownload, size / 2)) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Path, HalfClose, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
