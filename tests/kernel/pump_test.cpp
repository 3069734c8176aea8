// The data paths, in one process: sockets over loopback, content compared byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <random>
#include <thread>

#include "kernel/engaged.h"

namespace realpeer::test {
namespace {

using datapath::End;
using datapath::Path;
using namespace std::chrono_literals;

constexpr std::uint64_t up = 11;    // seed of what clients send
constexpr std::uint64_t down = 22;  // seed of what backends send

datapath::Totals ended(Connection& connection) {
  if (connection.totals.wait_for(30s) != std::future_status::ready) throw std::runtime_error("the flow did not end");
  return connection.totals.get();
}

void reset(kernel::UniqueFd& socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket.reset();
}

// Sends both ways at once and checks both; then both ends close.
void exchange(Connection& connection, std::uint64_t up_bytes, std::uint64_t down_bytes,
              std::chrono::microseconds client_pause = {}, std::chrono::microseconds backend_pause = {}) {
  std::jthread client_sends([&] {
    send_content(connection.client.get(), up, 0, up_bytes);
    ::shutdown(connection.client.get(), SHUT_WR);
  });
  std::jthread backend_sends([&] {
    send_content(connection.backend.get(), down, 0, down_bytes);
    ::shutdown(connection.backend.get(), SHUT_WR);
  });
  Received at_backend;
  std::jthread backend_receives([&] { at_backend = receive_content(connection.backend.get(), up, backend_pause); });
  const Received at_client = receive_content(connection.client.get(), down, client_pause);
  backend_receives.join();
  EXPECT_EQ(at_client.problem, "");
  EXPECT_EQ(at_client.bytes, down_bytes);
  EXPECT_EQ(at_backend.problem, "");
  EXPECT_EQ(at_backend.bytes, up_bytes);
}

class BothPaths : public testing::TestWithParam<Path> {
 protected:
  [[nodiscard]] PumpOptions options() const { return {.splice = GetParam() == Path::sockmap}; }
};

INSTANTIATE_TEST_SUITE_P(Path, BothPaths, testing::Values(Path::relay, Path::sockmap),
                         [](const auto& path) { return std::string(datapath::to_string(path.param)); });

TEST_P(BothPaths, CarriesBytesBothWaysAtOnceAndCountsThem) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  exchange(connection, 60'000'000, 40'000'001);
  const auto totals = ended(connection);
  EXPECT_EQ(totals.path, GetParam());
  EXPECT_EQ(totals.end, End::closed);
  EXPECT_EQ(totals.bytes_in, 60'000'000U);
  EXPECT_EQ(totals.bytes_out, 40'000'001U);
}

TEST_P(BothPaths, DeliversWhatWasQueuedBeforeEngagement) {
  PumpRunner runner(options());
  auto connection = runner.engage([](PumpRunner::Sides& sides) {
    send_content(sides.front.connecting.get(), up, 0, 40'000);
    send_content(sides.back.accepted.get(), down, 0, 30'000);
  });
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, 40'000).problem, "");
  EXPECT_EQ(receive_exactly(connection.client.get(), down, 0, 30'000).problem, "");
}

// The queue joins segments to one of several hundred KiB, most of which was read before the verdict is given the whole.
TEST_P(BothPaths, DeliversTheRestOfALongSegmentThatWasReadInPart) {
  constexpr std::uint64_t queued = 700'000, read_before = 300'000;
  PumpRunner runner(options());
  std::jthread sender;
  auto connection = runner.engage([&](PumpRunner::Sides& sides) {
    const int own = sides.front.accepted.get();
    const int room = 8 * 1024 * 1024;
    ::setsockopt(own, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    sender = std::jthread([client = sides.front.connecting.get()] { send_content(client, up, 0, queued); });
    // Small reads at first: the window opens with them.
    EXPECT_EQ(receive_exactly(own, up, 0, 4'000).problem, "");
    std::vector<char> seen(queued);
    while (::recv(own, seen.data(), seen.size(), MSG_PEEK) < static_cast<ssize_t>(queued - 4'000))
      std::this_thread::yield();
    EXPECT_EQ(receive_exactly(own, up, 4'000, read_before - 4'000).problem, "");
  });
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, read_before, queued - read_before).problem, "");
  // And the stream goes on.
  sender.join();
  send_content(connection.client.get(), up, queued, queued + 100'000);
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, queued, 100'000).problem, "");
}

TEST_P(BothPaths, DeliversWhatWasQueuedWithItsFinBeforeEngagement) {
  PumpRunner runner(options());
  auto connection = runner.engage([](PumpRunner::Sides& sides) {
    send_content(sides.front.connecting.get(), up, 0, 40'000);
    ::shutdown(sides.front.connecting.get(), SHUT_WR);
  });
  const auto received = receive_content(connection.backend.get(), up);
  EXPECT_EQ(received.problem, "");
  EXPECT_EQ(received.bytes, 40'000U);
  send_content(connection.backend.get(), down, 0, 100'000);
  connection.backend.reset();
  const auto answer = receive_content(connection.client.get(), down);
  EXPECT_EQ(answer.problem, "");
  EXPECT_EQ(answer.bytes, 100'000U);
  EXPECT_EQ(ended(connection).end, End::closed);
}

TEST_P(BothPaths, DeliversWhatABackendSaidAndEndedBeforeEngagement) {
  PumpRunner runner(options());
  auto connection = runner.engage([](PumpRunner::Sides& sides) {
    send_content(sides.back.accepted.get(), down, 0, 40'000);
    ::shutdown(sides.back.accepted.get(), SHUT_WR);
  });
  const auto received = receive_content(connection.client.get(), down);
  EXPECT_EQ(received.problem, "");
  EXPECT_EQ(received.bytes, 40'000U);
  std::jthread sender([&] {
    send_content(connection.client.get(), up, 0, 5'000'000);
    connection.client.reset();
  });
  const auto upload = receive_content(connection.backend.get(), up);
  EXPECT_EQ(upload.problem, "");
  EXPECT_EQ(upload.bytes, 5'000'000U);
  EXPECT_EQ(ended(connection).end, End::closed);
}

TEST_P(BothPaths, SlowReadersGetEverything) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  exchange(connection, 20'000'000, 20'000'000, 150us, 100us);
  EXPECT_EQ(ended(connection).end, End::closed);
}

// The client sends until it is stopped, while nobody reads.
std::uint64_t send_until_stopped(int socket, std::uint64_t seed, std::uint64_t at_most) {
  std::uint64_t sent = 0;
  std::vector<std::uint8_t> bytes(65536);
  pollfd asked{.fd = socket, .events = POLLOUT, .revents = 0};
  // Stopped: not writable for a second.
  while (sent < at_most && ::poll(&asked, 1, 1000) == 1) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = content(seed, sent + i);
    const auto done = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done > 0) sent += static_cast<std::uint64_t>(done);
  }
  return sent;
}

TEST_P(BothPaths, AStalledReaderStopsItsSenderWithinSixteenMegabytesAndLosesNothing) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  const std::uint64_t sent = send_until_stopped(connection.client.get(), up, 256'000'000);
  EXPECT_LT(sent, 16U << 20U);
  std::jthread rest([&, sent] {
    send_content(connection.client.get(), up, sent, sent + 10'000'000);
    ::shutdown(connection.client.get(), SHUT_WR);
  });
  const auto received = receive_content(connection.backend.get(), up);
  EXPECT_EQ(received.problem, "");
  EXPECT_EQ(received.bytes, sent + 10'000'000);
}

TEST_P(BothPaths, AReaderThatStallsAfterAFastStartStopsItsSenderWithinSixteenMegabytes) {
  PumpRunner runner(options());
  // The ends' own buffers are not ours to bound, and the kernel would let each grow to tens of megabytes.
  auto connection = runner.engage([](PumpRunner::Sides& sides) {
    const int size = 1 << 20;
    ::setsockopt(sides.front.connecting.get(), SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    ::setsockopt(sides.back.accepted.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
  });
  constexpr std::uint64_t fast = 400'000'000;
  std::jthread sender([&] { send_content(connection.client.get(), up, 0, fast); });
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, fast).problem, "");
  sender.join();
  EXPECT_LT(send_until_stopped(connection.client.get(), up, 256'000'000), 16U << 20U);
}

TEST_P(BothPaths, UploadGoesOnWhileTheClientDoesNotRead) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  const std::uint64_t stuck = send_until_stopped(connection.backend.get(), down, 256'000'000);
  ASSERT_LT(stuck, 256'000'000U);
  std::jthread sender([&] { send_content(connection.client.get(), up, 0, 64'000'000); });
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, 64'000'000).problem, "");
  // What was stuck is still there.
  EXPECT_EQ(receive_exactly(connection.client.get(), down, 0, stuck).problem, "");
}

TEST_P(BothPaths, DownloadGoesOnWhileTheBackendDoesNotRead) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  const std::uint64_t stuck = send_until_stopped(connection.client.get(), up, 256'000'000);
  std::jthread sender([&] { send_content(connection.backend.get(), down, 0, 64'000'000); });
  EXPECT_EQ(receive_exactly(connection.client.get(), down, 0, 64'000'000).problem, "");
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, stuck).problem, "");
}

TEST_P(BothPaths, AHalfCloseFollowsTheLastByteAndTheOtherDirectionGoesOn) {
  PumpRunner runner(options());
  for (int turn = 0; turn < 20; ++turn) {
    auto connection = runner.engage();
    std::jthread client([&] {
      send_content(connection.client.get(), up, 0, 3'000'000);
      ::shutdown(connection.client.get(), SHUT_WR);
    });
    const auto upload = receive_content(connection.backend.get(), up, 200us);
    ASSERT_EQ(upload.problem, "");
    ASSERT_EQ(upload.bytes, 3'000'000U);
    std::jthread backend([&] {
      send_content(connection.backend.get(), down, 0, 3'000'000);
      ::shutdown(connection.backend.get(), SHUT_WR);
    });
    const auto answer = receive_content(connection.client.get(), down, 200us);
    ASSERT_EQ(answer.problem, "");
    ASSERT_EQ(answer.bytes, 3'000'000U);
    ASSERT_EQ(ended(connection).end, End::closed);
  }
}

TEST_P(BothPaths, AResetOfTheClientResetsTheBackend) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  send_content(connection.client.get(), up, 0, 1000);
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, 1000).problem, "");
  reset(connection.client);
  char byte = 0;
  EXPECT_EQ(::recv(connection.backend.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_EQ(ended(connection).end, End::client_reset);
}

TEST_P(BothPaths, AResetOfTheBackendResetsTheClient) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  reset(connection.backend);
  char byte = 0;
  EXPECT_EQ(::recv(connection.client.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_EQ(ended(connection).end, End::backend_reset);
}

TEST_P(BothPaths, AResetWhileBytesAreQueuedEndsBothSides) {
  PumpRunner runner(options());
  auto connection = runner.engage();
  send_until_stopped(connection.client.get(), up, 256'000'000);
  reset(connection.backend);
  EXPECT_EQ(ended(connection).end, End::backend_reset);
}

TEST_P(BothPaths, AnIdleConnectionEndsAtItsTimeout) {
  auto with_timeout = options();
  with_timeout.settings.idle = 200ms;
  PumpRunner runner(with_timeout);
  auto connection = runner.engage();
  EXPECT_EQ(ended(connection).end, End::idle_timeout);
}

TEST_P(BothPaths, AHalfClosedConnectionEndsAtItsTimeout) {
  auto with_timeout = options();
  with_timeout.settings.half_closed = 200ms;
  PumpRunner runner(with_timeout);
  auto connection = runner.engage();
  ::shutdown(connection.client.get(), SHUT_WR);
  EXPECT_EQ(ended(connection).end, End::half_closed_timeout);
}

TEST_P(BothPaths, ManyConnectionsAtOnceKeepTheirBytesApart) {
  auto many = options();
  many.connections = 256;
  PumpRunner runner(many);
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t turn = 0; turn < 25; ++turn) {
        const std::uint64_t seed = 1000 * thread + turn;
        const std::uint64_t bytes = content(seed, 1) * 3000U + content(seed, 2);
        auto connection = runner.engage();
        std::jthread sender([&] {
          send_content(connection.client.get(), seed, 0, bytes);
          ::shutdown(connection.client.get(), SHUT_WR);
        });
        const auto received = receive_content(connection.backend.get(), seed);
        EXPECT_EQ(received.problem, "");
        EXPECT_EQ(received.bytes, bytes);
        connection.backend.reset();
        EXPECT_EQ(receive_content(connection.client.get(), 0).problem, "");
        EXPECT_EQ(ended(connection).end, End::closed);
      }
    });
  }
}

TEST_P(BothPaths, HeldFirstBytesGoOnOnlyWhenTheOwnerLetsThem) {
  auto held = options();
  held.hold_first_bytes = true;
  PumpRunner runner(held);
  auto connection = runner.engage();
  send_content(connection.backend.get(), down, 0, 5000);
  EXPECT_EQ(receive_exactly(connection.client.get(), down, 0, 5000).problem, "");
  std::jthread sender([&] { send_content(connection.client.get(), up, 0, 5'000'000); });
  EXPECT_EQ(receive_exactly(connection.backend.get(), up, 0, 5'000'000).problem, "");
  sender.join();
  connection.client.reset();
  connection.backend.reset();
  EXPECT_EQ(ended(connection).path, GetParam());
}

TEST_P(BothPaths, HeldFirstBytesThatAreRefusedReachNobody) {
  auto held = options();
  held.hold_first_bytes = true;
  PumpRunner runner(held);
  auto connection = runner.engage();
  for (const char byte : {'B', 'A', 'D', '!'}) ASSERT_EQ(::send(connection.client.get(), &byte, 1, MSG_NOSIGNAL), 1);
  char byte = 0;
  EXPECT_EQ(::recv(connection.backend.get(), &byte, 1, 0), -1);
  const auto totals = ended(connection);
  EXPECT_EQ(totals.end, End::refused);
  EXPECT_EQ(totals.bytes_in, 0U);
}

TEST_P(BothPaths, HeldFirstBytesThatNeverDecideEndAtTheDeadline) {
  auto held = options();
  held.hold_first_bytes = true;
  held.settings.hold = 100ms;
  PumpRunner runner(held);
  auto connection = runner.engage();
  ASSERT_EQ(::send(connection.client.get(), "BA", 2, MSG_NOSIGNAL), 2);
  EXPECT_EQ(ended(connection).end, End::held_too_long);
}

TEST_P(BothPaths, HeldFirstBytesThatEndUndecidedAreDeliveredWithTheirFin) {
  auto held = options();
  held.hold_first_bytes = true;
  PumpRunner runner(held);
  auto connection = runner.engage();
  ASSERT_EQ(::send(connection.client.get(), "BA", 2, MSG_NOSIGNAL), 2);
  ::shutdown(connection.client.get(), SHUT_WR);
  std::array<char, 8> bytes{};
  EXPECT_EQ(::recv(connection.backend.get(), bytes.data(), bytes.size(), MSG_WAITALL), 2);
}

TEST(Sockmap, KernelMovesAnInteractiveConversationWithoutUserspace) {
  PumpRunner runner;
  auto connection = runner.engage();
  for (std::uint64_t turn = 0; turn < 500; ++turn) {
    ASSERT_TRUE(send_content(connection.client.get(), up, 100 * turn, 100 * (turn + 1)));
    ASSERT_EQ(receive_exactly(connection.backend.get(), up, 100 * turn, 100).problem, "");
    ASSERT_TRUE(send_content(connection.backend.get(), down, 200 * turn, 200 * (turn + 1)));
    ASSERT_EQ(receive_exactly(connection.client.get(), down, 200 * turn, 200).problem, "");
  }
  connection.client.reset();
  connection.backend.reset();
  const auto totals = ended(connection);
  EXPECT_EQ(totals.redirected(), 500U * 300U);
}

TEST(Sockmap, ForcedChangesOfPathUnderLoadKeepEveryByteInOrder) {
  PumpRunner runner;
  auto connection = runner.engage();
  std::jthread flipper([&](const std::stop_token& stop) {
    for (bool hold = true; !stop.stop_requested(); hold = !hold) {
      runner.on_pump([&](datapath::Pump& pump) { pump.hold_in_userspace(hold); });
      std::this_thread::sleep_for(1ms);
    }
    runner.on_pump([](datapath::Pump& pump) { pump.hold_in_userspace(false); });
  });
  exchange(connection, 150'000'000, 100'000'000);
  flipper.request_stop();
  flipper.join();
  const auto totals = ended(connection);
  EXPECT_EQ(totals.end, End::closed);
  EXPECT_GT(totals.redirected(), 0U);
  EXPECT_LT(totals.redirected(), 250'000'000U);
}

TEST(Sockmap, RandomSchedulesKeepEveryByteInOrder) {
  const auto seed = static_cast<std::uint32_t>(std::random_device()());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  PumpRunner runner;
  const auto below = [&](std::uint32_t limit) { return random() % limit; };
  for (int turn = 0; turn < 40; ++turn) {
    auto connection = runner.engage([&](PumpRunner::Sides& sides) {
      for (const int socket : {sides.front.accepted.get(), sides.back.connecting.get()}) {
        const int size = static_cast<int>(131072U << below(4));
        if (below(3) == 0) ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        if (below(3) == 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
      }
    });
    exchange(connection, below(4'000'000), below(4'000'000), std::chrono::microseconds(below(3) == 0 ? below(500) : 0),
             std::chrono::microseconds(below(3) == 0 ? below(500) : 0));
    ASSERT_EQ(ended(connection).end, End::closed);
    ASSERT_FALSE(HasFailure());
  }
}

TEST(Sockmap, NothingIsLeftInAMapAfterTheLastConnection) {
  PumpRunner runner;
  for (int turn = 0; turn < 200; ++turn) {
    auto connection = runner.engage();
    exchange(connection, 1000, 1000);
    const auto totals = ended(connection);
    ASSERT_EQ(totals.end, End::closed) << totals.bytes_in << " " << totals.bytes_out << " " << totals.redirected();
  }
  EXPECT_EQ(runner.flows(), 0U);
  EXPECT_EQ(entries(runner.object().routes()), 0U);
  EXPECT_EQ(entries(runner.object().sockets()), 0U);
}

TEST(Sockmap, AConnectionMoreThanTheMapHoldsIsRelayed) {
  PumpRunner runner({.connections = 2});
  auto first = runner.engage();
  auto second = runner.engage();
  auto third = runner.engage();
  exchange(third, 100'000, 100'000);
  EXPECT_EQ(ended(third).path, Path::relay);
  exchange(first, 100'000, 100'000);
  EXPECT_EQ(ended(first).path, Path::sockmap);
  auto fourth = runner.engage();
  exchange(fourth, 100'000, 100'000);
  EXPECT_EQ(ended(fourth).path, Path::sockmap);
}

}  // namespace
}  // namespace realpeer::test
