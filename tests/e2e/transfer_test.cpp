// Bytes cross whole and in order, whoever speaks first and however many there are.
#include <algorithm>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Transfer : public Chain {
 protected:
  // One side sends everything and half-closes; the other compares it, says so, and closes.
  void one_way(Socket& from, Socket& to, Content content, std::uint64_t bytes) {
    at_once({[&] {
               send_content(from, content, bytes);
               from.shutdown_write();
             },
             [&] {
               receive_content_to_eof(to, content, bytes);
               to.send_all("ok");
               to.shutdown_write();
             }});
    EXPECT_EQ(from.receive_until_eof(), "ok");
  }

  void upload(std::uint64_t bytes) {
    start();
    auto ends = open_talking();
    one_way(ends.client, ends.server, kUpload, bytes);
    expect_record(ends.client.local(), "closed", kAsked + bytes, kAnswered + 2);
  }

  void download(std::uint64_t bytes) {
    start();
    auto ends = open_talking();
    one_way(ends.server, ends.client, kDownload, bytes);
    expect_record(ends.client.local(), "closed", kAsked + 2, kAnswered + bytes);
  }

  void both_ways(std::uint64_t bytes) {
    start();
    auto ends = open_talking();
    exchange(ends, bytes);
    expect_record(ends.client.local(), "closed", kAsked + bytes, kAnswered + bytes);
  }

  // Both ends send, half-close and compare at once.
  static void exchange(Ends& ends, std::uint64_t bytes) {
    at_once({[&] {
               send_content(ends.client, kUpload, bytes);
               ends.client.shutdown_write();
             },
             [&] {
               send_content(ends.server, kDownload, bytes);
               ends.server.shutdown_write();
             },
             [&] { receive_content_to_eof(ends.server, kUpload, bytes); },
             [&] { receive_content_to_eof(ends.client, kDownload, bytes); }});
  }
};

TEST_P(Transfer, AClientThatSpeaksFirstAndWaitsIsAnswered) {
  start();
  auto [client, server, header] = open();
  expect_conversation(client, server);
}

TEST_P(Transfer, AClientThatSpokeBeforeTheBackendWasReachedIsAnswered) {
  start();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled) + "question");
  Socket server = backend->accept();
  read_proxy_v2(server);
  EXPECT_EQ(server.receive_exactly(8), "question");
  server.send_all("answer");
  EXPECT_EQ(client.receive_exactly(6), "answer");
}

TEST_P(Transfer, AServerThatSpeaksFirstIsHeard) {
  start();
  auto [client, server, header] = open();
  server.send_all("220 ready\r\n");
  EXPECT_EQ(client.receive_exactly(11), "220 ready\r\n");
  expect_conversation(client, server);
}

TEST_P(Transfer, AServerThatSpeaksAtOnceOnAcceptIsHeard) {
  start();
  // The banner may be queued before the gateway has joined the two sockets: again and again, to meet every moment.
  for (int round = 0; round < 200; ++round) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled));
    Socket server = backend->accept();
    server.send_all("220 ready\r\n");
    ASSERT_EQ(client.receive_exactly(11), "220 ready\r\n") << "round " << round;
    read_proxy_v2(server);
    client.send_all("EHLO\r\n");
    ASSERT_EQ(server.receive_exactly(6), "EHLO\r\n") << "round " << round;
  }
}

TEST_P(Transfer, BothMaySpeakAtOnce) {
  start();
  auto [client, server, header] = open();
  at_once({[&c = client] { c.send_all("from the client"); }, [&s = server] { s.send_all("from the server"); }});
  EXPECT_EQ(server.receive_exactly(15), "from the client");
  EXPECT_EQ(client.receive_exactly(15), "from the server");
}

TEST_P(Transfer, AConnectionWithoutAByteOfPayloadOpensAndCloses) {
  start();
  auto [client, server, header] = open();
  const auto peer = client.local();
  client.shutdown_write();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(client.receive_until_eof(), "");
  expect_record(peer, "closed", 0, 0);
}

TEST_P(Transfer, OneByteCrossesUpward) { upload(1); }
TEST_P(Transfer, OneByteCrossesDownward) { download(1); }
TEST_P(Transfer, OneByteCrossesEachWay) { both_ways(1); }

// The first bytes come with the FIN, at every moment of the splice's beginning.
TEST_P(Transfer, ExchangesThatAreOverAtOnceLoseNothing) {
  start();
  for (int round = 0; round < 200; ++round) {
    const auto bytes = static_cast<std::uint64_t>(round) * round * 4;
    auto ends = open();
    const auto peer = ends.client.local();
    ASSERT_NO_THROW(exchange(ends, bytes)) << "round " << round;
    const auto record = record_of(peer);
    ASSERT_EQ(record.text("end"), "closed") << record;
    ASSERT_EQ(record.number("bytes_in"), bytes) << record;
    ASSERT_EQ(record.number("bytes_out"), bytes) << record;
  }
}

TEST_P(Transfer, SixtyFourKiBCrossUpward) { upload(64 * kKiB); }
TEST_P(Transfer, SixtyFourKiBCrossDownward) { download(64 * kKiB); }
TEST_P(Transfer, SixtyFourKiBCrossBothWaysAtOnce) { both_ways(64 * kKiB); }

TEST_P(Transfer, AGiBCrossesUpward) { upload(kGiB); }
TEST_P(Transfer, AGiBCrossesDownward) { download(kGiB); }
TEST_P(Transfer, AGiBCrossesBothWaysAtOnce) { both_ways(kGiB); }

INSTANTIATE_TEST_SUITE_P(Path, Transfer, both_paths(), path_name);

// Only where the kernel splices.
class Spliced : public Chain {
 protected:
  static constexpr std::uint64_t kRounds = 10'000;
  static constexpr std::uint64_t kMessage = 100;  // bytes

  // Request and answer, again and again; what the daemon has to do meanwhile is next to nothing.
  void expect_unattended_conversation(Socket& client, Socket& server) {
    const std::string message(kMessage, 'm');
    const auto before = gateway->process().voluntary_switches();
    for (std::uint64_t i = 0; i < kRounds; ++i) {
      client.send_all(message);
      ASSERT_EQ(server.receive_exactly(kMessage), message);
      server.send_all(message);
      ASSERT_EQ(client.receive_exactly(kMessage), message);
    }
    // Housekeeping may wake it now and then; a wakeup per packet would be tens of thousands.
    EXPECT_LT(gateway->process().voluntary_switches() - before, kRounds / 20);
  }

  void close_both(Socket& client, Socket& server) {
    client.shutdown_write();
    server.receive_until_eof();
    server.close();
    client.receive_until_eof();
  }
};

TEST_P(Spliced, AConversationIsCarriedByTheKernelWithoutWakingTheDaemon) {
  start();
  auto [client, server, header] = open_talking();
  expect_unattended_conversation(client, server);
  close_both(client, server);
  constexpr auto kBytes = kRounds * kMessage;
  const auto record = expect_record(client.local(), "closed", kAsked + kBytes, kAnswered + kBytes);
  EXPECT_GE(record.number("bytes_spliced"), 2 * kBytes * 9 / 10) << record;
  EXPECT_LE(record.number("bytes_spliced"), 2 * kBytes + kAsked + kAnswered) << record;
}

// A stall makes userspace lend a hand; it must let go again.
TEST_P(Spliced, AConversationAfterAStallIsCarriedByTheKernelAgain) {
  start();
  auto [client, server, header] = open_talking();
  const auto up = send_until_blocked(client, kUpload, 64 * kMiB);
  const auto down = send_until_blocked(server, kDownload, 64 * kMiB);
  receive_content(server, kUpload, up);
  receive_content(client, kDownload, down);
  expect_conversation(client, server);
  expect_unattended_conversation(client, server);
  close_both(client, server);
  constexpr auto kBytes = kRounds * kMessage;
  expect_record(client.local(), "closed", 2 * kAsked + up + kBytes, 2 * kAnswered + down + kBytes);
}

INSTANTIATE_TEST_SUITE_P(Path, Spliced, ::testing::Values("sockmap"), path_name);

}  // namespace
}  // namespace realpeer::testing
