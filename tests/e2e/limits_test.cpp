// Running out: of allowed connections, of descriptors, of time.
#include <thread>
#include <vector>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Limits : public Chain {
 protected:
  // Whether a fresh connection is carried to the backend and back. Those queued before it may come to the backend
  // first.
  bool served() {
    try {
      const Endpoint mine(kClaimed.address(), ++next_port_);
      Socket client = connect();
      client.send_all(proxy_v2(mine, kDialled));
      while (backend->pending_within(Duration{500})) {
        Socket server = backend->accept();
        if (read_proxy_v2(server).source != mine) continue;
        server.send_all("served");
        return client.receive_exactly(6) == "served";
      }
    } catch (const std::exception&) {
      // Refused or cut: not served.
    }
    return false;
  }

 private:
  std::uint16_t next_port_ = 50'000;
};

TEST_P(Limits, OneConnectionTooManyIsRefusedUntilAnotherEnds) {
  config.connections = 4;
  start();
  std::vector<Ends> held;
  for (int i = 0; i < 4; ++i) held.push_back(open());

  Socket refused = connect();
  EXPECT_NE(refused.ending(kSoon).end, End::deadline);
  const auto record = record_of(refused.local());
  EXPECT_EQ(record.text("end"), "rejected") << record;
  EXPECT_EQ(record.text("reason"), "too_many_connections") << record;
  for (auto& ends : held) expect_conversation(ends.client, ends.server);

  held.pop_back();
  EXPECT_TRUE(eventually([&] { return served(); }, kSoon, Duration{50}));
}

TEST_P(Limits, WithoutDescriptorsItWaitsInPeaceAndRecovers) {
  constexpr int kMoreThanFit = 60;
  start();
  gateway->process().limit_open_files(gateway->process().open_files() + 30);
  {
    std::vector<Socket> clients;
    for (int i = 0; i < kMoreThanFit; ++i) {
      clients.push_back(connect());
      clients.back().send_all(proxy_v2(kClaimed, kDialled));
    }
    EXPECT_TRUE(settles([&] { return gateway->process().open_files(); }, Duration{500}, Duration{5'000}));
    EXPECT_TRUE(gateway->process().running());
    // Out of descriptors it must back off, not spin on accept().
    const auto used_before = gateway->process().processor_time();
    std::this_thread::sleep_for(Duration{1'000});
    EXPECT_LT(gateway->process().processor_time() - used_before, Duration{300});
  }
  EXPECT_TRUE(eventually([&] { return served(); }, Duration{10'000}, Duration{50}));
}

TEST_P(Limits, AnIdleConnectionIsEnded) {
  config.idle_timeout = "1s";
  start();
  auto [client, server, header] = open();
  expect_conversation(client, server);
  const Stopwatch idle;
  EXPECT_NE(client.ending(Duration{4'000}).end, End::deadline);
  EXPECT_GE(idle.elapsed(), Duration{800});
  EXPECT_NE(server.ending(kSoon).end, End::deadline);
  expect_record(client.local(), "idle_timeout", kAsked, kAnswered);
}

TEST_P(Limits, ABusyConnectionIsNotIdle) {
  config.idle_timeout = "1s";
  start();
  auto upward = open();
  auto downward = open();
  // One of them moves bytes in one direction only, the other in the other.
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(Duration{300});
    ASSERT_NO_THROW(upward.client.send_all("tick"));
    ASSERT_EQ(upward.server.receive_exactly(4), "tick") << "after " << (i + 1) * 300 << " ms";
    ASSERT_NO_THROW(downward.server.send_all("tock"));
    ASSERT_EQ(downward.client.receive_exactly(4), "tock") << "after " << (i + 1) * 300 << " ms";
  }
}

TEST_P(Limits, AHalfClosedConnectionThatFallsSilentIsEnded) {
  config.half_closed_timeout = "1s";
  start();
  auto [client, server, header] = open();
  client.send_all("request");
  client.shutdown_write();
  EXPECT_EQ(server.receive_until_eof(), "request");
  const Stopwatch silent;
  EXPECT_NE(client.ending(Duration{4'000}).end, End::deadline);
  EXPECT_GE(silent.elapsed(), Duration{800});
  expect_record(client.local(), "half_closed_timeout", 7, 0);
}

// A long answer to a client that has finished asking is not a connection to be tidied away.
TEST_P(Limits, AHalfClosedConnectionThatStillAnswersIsNotEnded) {
  config.half_closed_timeout = "1s";
  start();
  auto [client, server, header] = open();
  client.shutdown_write();
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(Duration{300});
    ASSERT_NO_THROW(server.send_all("tick"));
    ASSERT_EQ(client.receive_exactly(4), "tick") << "after " << (i + 1) * 300 << " ms";
  }
}

// A reader that has stalled is silent, and not idle for that: what is queued for it counts until the timeout.
TEST_P(Limits, AStalledConnectionIsEndedByTheIdleTimeout) {
  config.idle_timeout = "1s";
  start();
  auto [client, server, header] = open();
  send_until_blocked(client, kUpload, 64 * kMiB);
  EXPECT_NE(client.ending(Duration{5'000}).end, End::deadline);
  EXPECT_EQ(record_of(client.local()).text("end"), "idle_timeout");
}

INSTANTIATE_TEST_SUITE_P(Path, Limits, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
