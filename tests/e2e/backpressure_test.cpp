// A reader that does not read stops its sender, and nobody else; what was queued arrives when it reads again.
#include <algorithm>
#include <thread>
#include <vector>

#include "e2e/chain.h"
#include "harness/memory.h"

namespace realpeer::testing {
namespace {

// A sender must be stopped within this much beyond what the reader took, sockets' buffers included.
constexpr auto kMostQueued = 16 * kMiB;
constexpr auto kMostKernelMemory = 64 * kMiB;
constexpr auto kMostResident = 16 * kMiB;
// The sender's own buffer, small enough to hardly count.
constexpr int kSmallBuffer = 32 * 1024;
constexpr int kMediumBuffer = 512 * 1024;
constexpr Patience kTenSeconds{Duration{10'000}, Duration{10'000}};

class Backpressure : public Chain {
 protected:
  // The sender goes on for 10 s against a reader that reads nothing; then the reader reads, and all must be there.
  void expect_stalled_reader_stops(Socket& sender, Socket& reader, Content content) {
    constexpr auto kTotal = 96 * kMiB;
    const auto resident_before = gateway->process().resident_bytes();
    std::uint64_t queued = 0;
    {
      MemoryWatch memory;
      queued = send_until_blocked(sender, content, kTotal, 0, kTenSeconds);
      EXPECT_LE(memory.lasting_fall(), kMostKernelMemory);
    }
    EXPECT_LE(queued, kMostQueued);
    EXPECT_LE(gateway->process().resident_bytes(), resident_before + kMostResident);
    at_once({[&] {
               send_content(sender, content, kTotal - queued, queued);
               sender.shutdown_write();
             },
             [&] { receive_content_to_eof(reader, content, kTotal); }});
  }

  // The same after a fast start, when every socket's buffers have been tuned up.
  void expect_late_stall_stops(Socket& sender, Socket& reader, Content content) {
    constexpr auto kFast = 256 * kMiB, kTotal = kFast + 96 * kMiB;
    at_once({[&] { send_content(sender, content, kFast); }, [&] { receive_content(reader, content, kFast); }});
    const auto queued = send_until_blocked(sender, content, kTotal - kFast, kFast);
    EXPECT_LE(queued, kMostQueued);
    at_once({[&] {
               send_content(sender, content, kTotal - kFast - queued, kFast + queued);
               sender.shutdown_write();
             },
             [&] { receive_content_to_eof(reader, content, kTotal - kFast, kFast); }});
  }

  // `blocked` sends until nothing is taken any more; 64 MiB must still cross the other way, and then the rest.
  void expect_other_direction_goes_on(Socket& blocked, Content queued_content, Socket& other, Content content) {
    const auto queued = send_until_blocked(blocked, queued_content, 96 * kMiB);
    EXPECT_LE(queued, kMostQueued);
    at_once({[&] { send_content(other, content, 64 * kMiB); }, [&] { receive_content(blocked, content, 64 * kMiB); }});
    blocked.shutdown_write();
    receive_content_to_eof(other, queued_content, queued);
  }
};

TEST_P(Backpressure, ABackendThatReadsSlowlyGetsEveryByte) {
  start();
  auto [client, server, header] = open_talking();
  at_once({[&c = client] {
             send_content(c, kUpload, 24 * kMiB);
             c.shutdown_write();
           },
           [&s = server] {
             receive_content_to_eof(s, kUpload, 24 * kMiB, 0, {32 * kKiB, Duration{2}});
           }});
  server.close();
  client.receive_until_eof();
  expect_record(client.local(), "closed", kAsked + 24 * kMiB, kAnswered);
}

TEST_P(Backpressure, AClientThatReadsSlowlyGetsEveryByte) {
  start();
  auto [client, server, header] = open_talking();
  at_once({[&s = server] {
             send_content(s, kDownload, 24 * kMiB);
             s.shutdown_write();
           },
           [&c = client] {
             receive_content_to_eof(c, kDownload, 24 * kMiB, 0, {32 * kKiB, Duration{2}});
           }});
  const auto peer = client.local();
  client.close();
  expect_record(peer, "closed", kAsked, kAnswered + 24 * kMiB);
}

TEST_P(Backpressure, ABackendStalledForTenSecondsStopsTheClientAndCostsNoMemory) {
  backend_options.receive_buffer = kSmallBuffer;
  start();
  auto [client, server, header] = open_talking({.send_buffer = kSmallBuffer});
  expect_stalled_reader_stops(client, server, kUpload);
}

TEST_P(Backpressure, AClientStalledForTenSecondsStopsTheBackendAndCostsNoMemory) {
  backend_options.send_buffer = kSmallBuffer;
  start();
  auto [client, server, header] = open_talking({.receive_buffer = kSmallBuffer});
  expect_stalled_reader_stops(server, client, kDownload);
}

TEST_P(Backpressure, ABackendThatStallsAfterAFastStartStopsTheClient) {
  backend_options.receive_buffer = kMediumBuffer;
  start();
  auto [client, server, header] = open_talking({.send_buffer = kMediumBuffer});
  expect_late_stall_stops(client, server, kUpload);
}

TEST_P(Backpressure, AClientThatStallsAfterAFastStartStopsTheBackend) {
  backend_options.send_buffer = kMediumBuffer;
  start();
  auto [client, server, header] = open_talking({.receive_buffer = kMediumBuffer});
  expect_late_stall_stops(server, client, kDownload);
}

TEST_P(Backpressure, AnUploadGoesOnWhileTheClientDoesNotRead) {
  backend_options.send_buffer = kSmallBuffer;
  start();
  auto [client, server, header] = open_talking();
  expect_other_direction_goes_on(server, kDownload, client, kUpload);
}

TEST_P(Backpressure, ADownloadGoesOnWhileTheBackendDoesNotRead) {
  start();
  auto [client, server, header] = open_talking({.send_buffer = kSmallBuffer});
  expect_other_direction_goes_on(client, kUpload, server, kDownload);
}

// Every pause fills the queues and every burst empties them: under sockmap each forces the path to change and back.
TEST_P(Backpressure, ReadersThatStopAndGoUnderLoadSeeEveryByteInOrder) {
  start();
  auto [client, server, header] = open_talking();
  constexpr auto kBytes = 192 * kMiB;
  const auto stop_and_go = [](Socket& socket, Content content, std::uint64_t burst, Duration pause) {
    for (std::uint64_t have = 0; have < kBytes; have += burst) {
      receive_content(socket, content, std::min(burst, kBytes - have), have);
      std::this_thread::sleep_for(pause);
    }
  };
  at_once({[&c = client] { send_content(c, kUpload, kBytes); }, [&s = server] { send_content(s, kDownload, kBytes); },
           [&] { stop_and_go(server, kUpload, 3 * kMiB, Duration{30}); },
           [&] { stop_and_go(client, kDownload, 2 * kMiB, Duration{17}); }});
  expect_conversation(client, server);
  client.shutdown_write();
  server.receive_until_eof();
  server.close();
  client.receive_until_eof();
  expect_record(client.local(), "closed", kBytes + 2 * kAsked, kBytes + 2 * kAnswered);
}

// A path that cannot wait for one connection serves none: eight stalled ones must not hinder a ninth.
TEST_P(Backpressure, StalledConnectionsDoNotHinderOthers) {
  start();
  std::vector<Ends> stalled;
  for (int i = 0; i < 8; ++i) {
    stalled.push_back(open({.send_buffer = kSmallBuffer}));
    send_until_blocked(stalled.back().client, kUpload, 32 * kMiB, 0, {Duration{100}, Duration{500}});
  }
  auto [client, server, header] = open();
  expect_conversation(client, server);
  at_once({[&c = client] { send_content(c, kUpload, 16 * kMiB); },
           [&s = server] { receive_content(s, kUpload, 16 * kMiB); }});
}

INSTANTIATE_TEST_SUITE_P(Path, Backpressure, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
