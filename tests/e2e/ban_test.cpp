// Bans: imposed by limits on who connects directly, by the operator on anybody, and never on a gateway by its clients.
#include "e2e/admission.h"

#include <algorithm>

namespace realpeer::testing {
namespace {

constexpr const char* kLimited =
    "admission: { interfaces: [wan0] }\nlimits: { per_client: { rate: 1/h, burst: 3, ban: 10m } }";
constexpr const char* kMixed = "accept_proxy: mixed, trusted_cidrs: [203.0.113.42, 'fd00:c::42']";
constexpr int kEnough = 3 + 10;  // a burst that is served, and ten refusals

class Ban : public AdmissionChain {
 protected:
  void expect_banned(const Endpoint& peer) {
    const auto listed = ban({"list"}).output;
    EXPECT_TRUE(listed.starts_with(peer.address().to_string() + "  ")) << listed;
    EXPECT_EQ(std::ranges::count(listed, '\n'), 1) << listed;
    const Dialling again = dial(peer);
    EXPECT_TRUE(eventually([&] { return judged("banned") >= 1; }, kSoon));
    EXPECT_FALSE(again.connected());
  }

  // Connections that are over when it returns, one after the other; each speaks first.
  void come(int times, const std::string& first, const SocketOptions& options) {
    for (int i = 0; i < times; ++i) {
      Socket client = connect(options);
      const auto peer = client.local();
      try {
        client.send_all(first);
      } catch (const std::system_error&) {
        // Refused before it spoke.
      }
      ASSERT_TRUE(eventually(
          [&] { return backend->pending_within(Duration{0}) || client.readable_within(Duration{0}); }, kSoon));
      if (backend->pending_within(Duration{0})) {
        Socket server = backend->accept();
        client.reset();
        server.ending();
      }
      record_of(peer);
    }
  }
};

TEST_P(Ban, IsImposedOnADirectClientThatKeepsExceeding) {
  start_admitting(kLimited, kMixed);
  come(kEnough, "hello", {.from = kStranger});
  const auto listed = ban({"list"});
  EXPECT_EQ(listed.code, 0) << listed.errors;
  EXPECT_NE(listed.output.find("203.0.113.66  "), std::string::npos) << listed.output;
  EXPECT_NE(listed.output.find("(limits, "), std::string::npos) << listed.output;
  EXPECT_TRUE(said("client 203.0.113.66 keeps exceeding limits.per_client: banned for 10m"));

  expect_banned(kStranger);
  EXPECT_NO_THROW(open()) << "the gateway's clients are not concerned";

  EXPECT_EQ(ban({"remove", "203.0.113.66"}).code, 0);
  EXPECT_EQ(ban({"remove", "203.0.113.66"}).code, 1);
  EXPECT_EQ(ban({"list"}).output, "");
  Socket lifted = connect({.from = kStranger});
  EXPECT_NE(lifted.ending().end, End::deadline);
  EXPECT_EQ(record_of(lifted.local()).text("reason"), "rate_limited") << "the limit holds without the ban";
}

// The packets carry the gateway's address: a ban would be everybody's.
TEST_P(Ban, IsNeverImposedOnAClientKnownByItsHeader) {
  start_admitting(kLimited, kMixed);
  come(4 * kEnough, proxy_v2(kClaimed, kDialled), {});
  EXPECT_EQ(ban({"list"}).output, "");
  Socket other = connect();
  other.send_all(proxy_v2(endpoint("198.51.100.8:1000"), kDialled));
  EXPECT_NO_THROW(backend->accept()) << "another client of the same gateway";
}

// A header that names nobody makes the gateway itself the client.
TEST_P(Ban, IsNeverImposedOnAGatewayForItsOwnConnections) {
  start_admitting(kLimited, kMixed);
  come(4 * kEnough, proxy_v2_local(), {});
  EXPECT_EQ(ban({"list"}).output, "");
}

// A ban is of the whole /64, and the gateway may be in it.
TEST_P(Ban, OfANeighbourDoesNotTouchTheGateway) {
  config.binds = {"[::]:7000"};
  start_admitting(kLimited, kMixed);
  config.binds = {"[fd00:c::1]:7000"};
  come(kEnough, "hello", {.from = endpoint("[fd00:c::66]:0")});
  EXPECT_NE(ban({"list"}).output.find("fd00:c::/64  "), std::string::npos) << ban({"list"}).output;
  const Dialling banned = dial(endpoint("[fd00:c::66]:0"));
  EXPECT_TRUE(eventually([&] { return judged("banned") >= 1; }, kSoon));
  EXPECT_FALSE(banned.connected());
  auto ends = open({.from = endpoint("[fd00:c::42]:0")});
  expect_conversation(ends.client, ends.server);
}

// Whatever a stranger writes, it is its own address that is counted and banned.
TEST_P(Ban, IsNotEvadedByForwardedFor) {
  start_admitting(kLimited, kMixed);
  for (int i = 0; i < kEnough; ++i) {
    come(1, "GET / HTTP/1.1\r\nX-Forwarded-For: 198.51.100." + std::to_string(i + 1) + "\r\n\r\n", {.from = kStranger});
  }
  expect_banned(kStranger);
}

TEST_P(Ban, IsNotEvadedByForgedHeaders) {
  start_admitting(kLimited, kMixed);
  for (int i = 0; i < kEnough; ++i) {
    const auto forged = endpoint("198.51.100." + std::to_string(i + 1) + ":1000");
    come(1, proxy_v2(forged, kDialled), {.from = kStranger});
  }
  expect_banned(kStranger);
}

// What a gateway lets its clients say must not get anybody else banned.
TEST_P(Ban, IsNotBroughtNearerByWhatHeadersClaim) {
  start_admitting(kLimited, kMixed);
  come(4 * kEnough, proxy_v2(kStranger, kDialled), {});
  come(kEnough - 4, "hello", {.from = kStranger});
  EXPECT_EQ(ban({"list"}).output, "");
}

// Half a header must not hold more than a client may.
TEST_P(Ban, OrLimitsComeBeforeHalfAHeader) {
  start_admitting("admission: { interfaces: [wan0] }\nlimits: { per_client: { concurrent: 2 } }", kMixed);
  // Whichever of the three the daemon's threads come to last.
  std::vector<Socket> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(connect({.from = kStranger}));
    try {
      held.back().send_all(proxy_v2(kClaimed, kDialled).substr(0, 5));
    } catch (const std::system_error&) {
      // Refused before it spoke.
    }
  }
  const auto refused = [](const Socket& socket) { return socket.readable_within(Duration{0}); };
  ASSERT_TRUE(eventually([&] { return std::ranges::any_of(held, refused); }, kSoon));
  const auto one = std::ranges::find_if(held, refused);
  EXPECT_EQ(record_of(one->local()).text("detail"), "limits.per_client.concurrent");
  EXPECT_EQ(std::ranges::count_if(held, refused), 1);
}

TEST_P(Ban, OfTheOperatorHoldsForClientsKnownByTheirHeader) {
  start_admitting("admission: { interfaces: [wan0] }", kMixed);
  ASSERT_EQ(ban({"add", "198.51.100.7"}).code, 0);
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled));
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_EQ(record_of(client.local()).text("detail"), "banned: see `realpeer ban list`");
}

TEST_P(Ban, OfTheOperatorHoldsAlsoWhereNothingIsAttached) {
  config.binds = {"0.0.0.0:7000"};
  start_admitting("admission: { interfaces: [wan0] }", "accept_proxy: off");
  const auto added = ban({"add", "10.77.0.2", "--duration", "90s"});
  EXPECT_EQ(added.code, 0) << added.errors;
  EXPECT_EQ(added.output, "10.77.0.2 is banned for 90s (node " + config.node + ")\n");
  Socket client = testing::connect(net->backend, endpoint("10.77.0.1:7000"), {.from = endpoint("10.77.0.2:0")});
  EXPECT_NE(client.ending().end, End::deadline);
  const auto record = record_of(client.local());
  EXPECT_EQ(record.text("reason"), "client_denied") << record;
  EXPECT_EQ(record.text("detail"), "banned: see `realpeer ban list`") << record;
}

TEST_P(Ban, IsListedInJsonAndOfAWholeIPv6Subnet) {
  start_admitting("admission: { interfaces: [wan0] }", "accept_proxy: off");
  EXPECT_EQ(ban({"add", "2001:db8:0:7:1:2:3:4", "--duration", "forever"}).output,
            "2001:db8:0:7::/64 is banned until the daemon ends (node " + config.node + ")\n");
  const auto listed = ban({"list", "--json"}).output;
  EXPECT_NE(listed.find("\"source\":\"2001:db8:0:7::/64\",\"reason\":\"operator\",\"age_s\":"), std::string::npos)
      << listed;
  EXPECT_NE(listed.find("\"remaining_s\":null"), std::string::npos) << listed;
  EXPECT_EQ(ban({"remove", "2001:db8:0:7::/64"}).code, 0);
}

TEST_P(Ban, IsRefusedInWords) {
  start_admitting("admission: { interfaces: [wan0] }", "accept_proxy: off");
  EXPECT_EQ(ban({"add", "203.0.113.0/24"}).code, 2);
  EXPECT_EQ(ban({"add", "someone"}).code, 2);
  EXPECT_EQ(ban({"add", "203.0.113.66", "--duration", "10"}).code, 2);
  EXPECT_EQ(ban({}).code, 2);
  const auto elsewhere = run({REALPEER_BINARY, "ban", "list", "--node", "rpt-nobody"});
  EXPECT_EQ(elsewhere.code, 1);
  EXPECT_EQ(elsewhere.errors, "realpeer: no realpeer runs here as node 'rpt-nobody'\n");
}

INSTANTIATE_TEST_SUITE_P(Relay, Ban, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
