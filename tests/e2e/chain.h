// What every end-to-end test stands on: client — realpeer — backend, each in a network namespace of its own.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "harness/content.h"
#include "harness/daemon.h"
#include "harness/netns.h"
#include "harness/parallel.h"
#include "harness/proxy_v2.h"
#include "harness/tcp.h"
#include "harness/wait.h"

namespace realpeer::testing {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// Long enough for anything that should happen at once on a busy machine.
inline constexpr Duration kSoon{3'000};

// What a trusted peer claims: a client and the address that client dialled.
inline const Endpoint kClaimed = endpoint("198.51.100.7:40001");
inline const Endpoint kDialled = endpoint("192.0.2.10:443");
// A peer of no listener's trusted_cidrs.
inline const Endpoint kStranger = endpoint("203.0.113.66:0");

inline constexpr Content kUpload{1};
inline constexpr Content kDownload{2};

// A conversation, one question and its answer: the connection works.
void ask(Socket& client);
void answer(Socket& server);
void expect_conversation(Socket& client, Socket& server);
inline constexpr std::uint64_t kAsked = 8;     // bytes
inline constexpr std::uint64_t kAnswered = 6;  // bytes

// A visit that ends in a refusal. An RST that comes before connect() has returned is one as well
// (__inet_stream_connect() in net/ipv4/af_inet.c).
template <typename Visit>
void be_refused_at(Visit visit) {
  try {
    visit();
  } catch (const std::system_error& failure) {
    ASSERT_EQ(failure.code(), std::errc::connection_reset) << failure.what();
  }
}

// The two ends of a connection through the gateway, and the header the backend received.
struct Ends {
  Socket client;
  Socket server;
  SeenHeader header;
};

// The parameter is the data path asked for: "relay" or "sockmap".
class Chain : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  void TearDown() override;  // every daemon must stop on request, with exit status 0

  // Starts the backend's listener and the gateway as `config` says by now.
  void start();
  // Starts the gateway alone, for backends of the test's own.
  void start_gateway();

  // A connection to the gateway's first listener, from the trusted address unless `options` say otherwise.
  Socket connect(const SocketOptions& options = {});
  // The same, and the header of kClaimed: client, backend and what the backend was told.
  Ends open(const SocketOptions& options = {});
  // The same after a conversation. A connection that ends sooner may do so before the kernel could take its sockets
  // (it takes established ones only): then it never leaves the relay, and its record says so.
  Ends open_talking(const SocketOptions& options = {});

  // The access-log record of the connection from `peer`.
  Record record_of(const Endpoint& peer);
  // The record, and that it says: ended as `end`, this much payload to the backend and back; and where there was a
  // conversation, carried on the path asked for.
  Record expect_record(const Endpoint& peer, const std::string& end, std::uint64_t in, std::uint64_t out);

  std::unique_ptr<Topology> net;
  GatewayConfig config;
  SocketOptions backend_options;      // for the backend's listener and what it accepts
  std::filesystem::path resolv_conf;  // the gateway's; the host's when empty
  std::optional<Listener> backend;
  std::unique_ptr<Daemon> gateway;
};

// For INSTANTIATE_TEST_SUITE_P.
inline auto both_paths() { return ::testing::Values("relay", "sockmap"); }
inline std::string path_name(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace realpeer::testing
