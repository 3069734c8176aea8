// An RST is an error at the sender: the other side must not take it for an orderly end.
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <system_error>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Reset : public Chain {};

TEST_P(Reset, AResetByTheClientIsSeenAsOneByTheBackend) {
  start();
  auto [client, server, header] = open();
  expect_conversation(client, server);
  const auto peer = client.local();
  client.reset();
  EXPECT_EQ(server.ending(kSoon).end, End::reset);
  expect_record(peer, "client_reset", kAsked, kAnswered);
}

TEST_P(Reset, AResetByTheBackendIsSeenAsOneByTheClient) {
  start();
  auto [client, server, header] = open();
  expect_conversation(client, server);
  server.reset();
  EXPECT_EQ(client.ending(kSoon).end, End::reset);
  expect_record(client.local(), "backend_reset", kAsked, kAnswered);
}

TEST_P(Reset, AResetAtOnceAfterTheHeaderIsSeenByTheBackend) {
  start();
  auto [client, server, header] = open();
  client.reset();
  EXPECT_EQ(server.ending(kSoon).end, End::reset);
}

TEST_P(Reset, AResetByTheClientWithBytesQueuedReachesAStalledBackend) {
  start();
  auto [client, server, header] = open();
  send_until_blocked(client, kUpload, 64 * kMiB);
  const auto peer = client.local();
  client.reset();
  EXPECT_EQ(server.ending(kSoon).end, End::reset);
  EXPECT_EQ(record_of(peer).text("end"), "client_reset");
}

TEST_P(Reset, AResetByTheBackendWithBytesQueuedReachesAStalledClient) {
  start();
  auto [client, server, header] = open();
  send_until_blocked(server, kDownload, 64 * kMiB);
  server.reset();
  EXPECT_EQ(client.ending(kSoon).end, End::reset);
  EXPECT_EQ(record_of(client.local()).text("end"), "backend_reset");
}

TEST_P(Reset, AResetByTheBackendAfterTheClientsFinIsSeenByTheClient) {
  start();
  auto [client, server, header] = open();
  client.shutdown_write();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.reset();
  EXPECT_EQ(client.ending(kSoon).end, End::reset);
}

TEST_P(Reset, AResetByTheClientAfterTheBackendsFinIsSeenByTheBackend) {
  start();
  auto [client, server, header] = open();
  server.shutdown_write();
  EXPECT_EQ(client.receive_until_eof(), "");
  client.reset();
  EXPECT_EQ(server.ending(kSoon).end, End::reset);
}

TEST_P(Reset, AResetWhileBytesFlowBothWaysEndsTheOtherSide) {
  start();
  auto [client, server, header] = open();
  auto endless_download = std::async(std::launch::async, [&s = server] {
    for (std::uint64_t sent = 0;; sent += kMiB) send_content(s, kDownload, kMiB, sent);
  });
  at_once({[&c = client] { send_content(c, kUpload, 32 * kMiB); },
           [&c = client] { receive_content(c, kDownload, 32 * kMiB); },
           [&s = server] { receive_content(s, kUpload, 32 * kMiB); }});
  client.reset();
  ASSERT_EQ(endless_download.wait_for(kSoon), std::future_status::ready) << "the server did not notice";
  try {
    endless_download.get();
  } catch (const std::system_error& error) {
    EXPECT_TRUE(error.code().value() == ECONNRESET || error.code().value() == EPIPE) << error.what();
  }
}

// A backend in a process of its own, that reads and is killed.
class DoomedBackend {
 public:
  explicit DoomedBackend(const Listener& listener) : pid_(::fork()) {
    if (pid_ != 0) return;
    int accepted = -1;
    while ((accepted = ::accept4(listener.descriptor(), nullptr, nullptr, 0)) < 0 && errno == EAGAIN) ::usleep(1000);
    char buffer[16384];
    while (::read(accepted, buffer, sizeof buffer) > 0) continue;
    ::_exit(0);
  }
  ~DoomedBackend() { kill(); }
  DoomedBackend(const DoomedBackend&) = delete;
  DoomedBackend& operator=(const DoomedBackend&) = delete;

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_;
};

TEST_P(Reset, ABackendKilledMidTransferEndsTheClientsUpload) {
  start();
  DoomedBackend doomed(*backend);
  Socket client = connect();
  const auto peer = client.local();
  client.send_all(proxy_v2(kClaimed, kDialled));
  send_content(client, kUpload, 64 * kMiB);
  doomed.kill();
  EXPECT_TRUE(client.send_fails_within(kSoon));
  EXPECT_EQ(record_of(peer).text("end"), "backend_reset");

  // And the gateway serves the next one.
  auto next = open();
  expect_conversation(next.client, next.server);
}

INSTANTIATE_TEST_SUITE_P(Path, Reset, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
