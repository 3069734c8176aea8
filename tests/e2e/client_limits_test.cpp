// Limits count the client that is believed, and nothing else.
#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class ClientLimits : public Chain {
 protected:
  // A connection that sends this first; whether it reaches the backend.
  bool served(const std::string& first, const SocketOptions& options = {}) {
    auto& client = open.emplace_back(connect(options));
    try {
      client.send_all(first);
    } catch (const std::system_error&) {
      // Refused before it spoke.
    }
    last_peer = client.local();
    const bool settled = eventually(
        [&] { return backend->pending_within(Duration{0}) || client.readable_within(Duration{0}); }, kDeadline);
    EXPECT_TRUE(settled);
    if (!backend->pending_within(Duration{0})) return false;
    servers.push_back(backend->accept());
    return true;
  }
  bool served_as(const std::string& client) { return served(proxy_v2(endpoint(client), kDialled)); }
  int served_of(int attempts, const std::string& client) {
    int count = 0;
    for (int i = 0; i < attempts; ++i) count += served_as(client) ? 1 : 0;
    return count;
  }

  std::vector<Socket> open;
  std::vector<Socket> servers;
  Endpoint last_peer;
};

TEST_P(ClientLimits, RateEachBelievedClientByItself) {
  config.limits = "per_client: { rate: 1/h, burst: 3 }";
  start();
  EXPECT_EQ(served_of(6, "198.51.100.7:1000"), 3);
  const auto record = record_of(last_peer);
  EXPECT_EQ(record.text("reason"), "rate_limited") << record;
  EXPECT_EQ(record.text("detail"), "limits.per_client.rate") << record;
  EXPECT_EQ(record.text("client_addr"), "198.51.100.7:1000") << record;
  EXPECT_EQ(served_of(6, "198.51.100.8:1000"), 3) << "through the same gateway";
}

TEST_P(ClientLimits, CountAnIPv6NetworkAsOne) {
  config.limits = "per_client: { rate: 1/h, burst: 3 }";
  start();
  int count = 0;
  for (int i = 0; i < 6; ++i) {
    const auto client = endpoint("[2001:db8:0:1:" + std::to_string(i) + "::7]:1000");
    count += served(proxy_v2(client, endpoint("[2001:db8::10]:443"))) ? 1 : 0;
  }
  EXPECT_EQ(count, 3);
}

TEST_P(ClientLimits, HoldConnectionsToACeilingAndFreeThemAtTheirEnd) {
  config.limits = "per_client: { concurrent: 2 }";
  start();
  EXPECT_EQ(served_of(4, "198.51.100.7:1000"), 2);
  EXPECT_EQ(record_of(last_peer).text("detail"), "limits.per_client.concurrent");
  const auto peer = open.front().local();
  open.front().reset();
  EXPECT_EQ(record_of(peer).text("end"), "client_reset");
  EXPECT_EQ(served_of(2, "198.51.100.7:1000"), 1);
}

TEST_P(ClientLimits, DenyClientsWhoeverBringsThem) {
  config.limits = "denied_clients: [198.51.100.0/24, '203.0.113.66']";
  config.accept_proxy = "mixed";
  start();
  EXPECT_FALSE(served_as("198.51.100.7:1000"));
  EXPECT_EQ(record_of(last_peer).text("reason"), "client_denied");
  EXPECT_TRUE(served_as("198.51.101.7:1000"));
  EXPECT_FALSE(served("hello", {.from = kStranger})) << "by its own address";
  EXPECT_EQ(record_of(last_peer).text("reason"), "client_denied");
}

// A client outside trusted_cidrs may write whatever it likes: it is its peer address that is counted.
TEST_P(ClientLimits, AreNotEvadedByForgedHeadersOrForwardedFor) {
  config.limits = "per_client: { rate: 1/h, burst: 3 }";
  config.accept_proxy = "mixed";
  start();
  int count = served("hello", {.from = kStranger}) ? 1 : 0;
  EXPECT_EQ(count, 1);
  for (int i = 0; i < 8; ++i) {
    const auto forged = "198.51.100." + std::to_string(i + 1);
    // Whether or not it was connected to the backend before it spoke, its header is refused.
    Socket forger = connect({.from = kStranger});
    try {
      forger.send_all(proxy_v2(endpoint(forged + ":1000"), kDialled));
    } catch (const std::system_error&) {
      // Refused before it spoke.
    }
    EXPECT_NE(forger.ending().end, End::deadline);
    EXPECT_EQ(record_of(forger.local()).text("end"), "rejected");
    while (backend->pending_within(Duration{0})) backend->accept();
    count += served("GET / HTTP/1.1\r\nX-Forwarded-For: " + forged + "\r\n\r\n", {.from = kStranger}) ? 1 : 0;
  }
  EXPECT_LE(count, 3);
}

INSTANTIATE_TEST_SUITE_P(Path, ClientLimits, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
