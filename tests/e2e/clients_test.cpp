// The map of clients: who is behind a connection, as `realpeer whois` and other programs read it.
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "e2e/chain.h"
#include "harness/bpf_maps.h"

namespace realpeer::testing {
namespace {

class Clients : public Chain {
 protected:
  static Finished whois(const Endpoint& seen_by_backend) {
    return run({REALPEER_BINARY, "whois", to_string(seen_by_backend)});
  }
  // Whether the answer is this client and nobody else.
  static bool names(const Finished& answer, const Endpoint& client) {
    return answer.code == 0 && answer.output.find(to_string(client)) != std::string::npos;
  }
  [[nodiscard]] BpfMap pinned_clients(const std::string& node) const {
    auto map = BpfMap::pinned(pins_of(node) / "clients");
    if (!map) throw std::runtime_error("no map is pinned at " + (pins_of(node) / "clients").string());
    return std::move(*map);
  }
};

TEST_P(Clients, WhoisNamesTheClientWhileItsConnectionIsOpen) {
  start();
  auto [client, server, header] = open();
  const auto seen = server.remote();
  auto answer = whois(seen);
  EXPECT_TRUE(names(answer, kClaimed)) << answer.code << "\n" << answer.output << answer.errors;
  expect_conversation(client, server);
  EXPECT_TRUE(names(whois(seen), kClaimed));

  client.close();
  server.receive_until_eof();
  server.close();
  EXPECT_TRUE(eventually([&] { return whois(seen).code == 1; }, kSoon, Duration{50}));
}

TEST_P(Clients, WhoisNamesAnIPv6ClientBehindAnIPv6Connection) {
  config.endpoints = {"[fd00:b::2]:9000"};
  backend.emplace(net->backend, endpoint("[fd00:b::2]:9000"));
  start();
  const auto claimed = endpoint("[2001:db8::7]:40001");
  Socket client = connect();
  client.send_all(proxy_v2(claimed, endpoint("[2001:db8::10]:443")));
  Socket server = backend->accept();
  const auto answer = whois(server.remote());
  EXPECT_TRUE(names(answer, claimed)) << answer.code << "\n" << answer.output << answer.errors;
}

TEST_P(Clients, WhoisKnowsNothingOfAStrangersConnection) {
  start();
  const Socket beside = testing::connect(net->gateway, endpoint("10.77.0.2:9000"));
  EXPECT_EQ(whois(beside.local()).code, 1);
  EXPECT_EQ(run({REALPEER_BINARY, "whois", "not an address"}).code, 2);
}

TEST_P(Clients, TheEntryIsThereWhenAcceptReturnsAndGoneAfterTheEnd) {
  start();
  const auto map = pinned_clients(config.node);
  EXPECT_EQ(map.entries(), 0U);
  for (int round = 0; round < 300; ++round) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled));
    Socket server = backend->accept();
    ASSERT_EQ(map.entries(), 1U) << "round " << round;
    client.reset();
    server.ending();
    server.close();
    ASSERT_TRUE(eventually([&] { return map.entries() == 0; }, kSoon)) << "round " << round;
  }
}

TEST_P(Clients, AConnectionThatReachesNobodyLeavesNoEntry) {
  config.endpoints = {"10.77.0.99:9000", "10.77.0.2:9999"};
  config.connect_timeout = "500ms";
  start();
  const auto map = pinned_clients(config.node);
  for (int i = 0; i < 2; ++i) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled));
    EXPECT_NE(client.ending(kSoon).end, End::deadline);
  }
  EXPECT_TRUE(eventually([&] { return map.entries() == 0; }, kSoon)) << map.entries() << " entries are left";
}

TEST_P(Clients, EachOfManyOpenConnectionsIsNamedRight) {
  constexpr int kCount = 20;
  start();
  std::vector<std::pair<Socket, Socket>> open_connections;
  for (int i = 0; i < kCount; ++i) {
    Socket client = connect();
    client.send_all(proxy_v2({kClaimed.address(), static_cast<std::uint16_t>(30'000 + i)}, kDialled));
    open_connections.emplace_back(std::move(client), backend->accept());
  }
  for (auto& [client, server] : open_connections) {
    const auto told = read_proxy_v2(server).source;
    const auto answer = whois(server.remote());
    EXPECT_TRUE(names(answer, told)) << to_string(told) << " but: " << answer.output << answer.errors;
  }
}

TEST_P(Clients, TwoGatewaysOfDifferentNodesDoNotMix) {
  start();
  auto other_config = config;
  other_config.node = unique_node();
  other_config.binds = {"203.0.113.1:7100"};
  const auto other_claimed = endpoint("198.51.100.99:9");
  auto first = open();
  {
    Daemon other(REALPEER_BINARY, other_config, {.netns = &net->gateway});
    Socket client = testing::connect(net->client, endpoint("203.0.113.1:7100"));
    client.send_all(proxy_v2(other_claimed, kDialled));
    Socket server = backend->accept();
    read_proxy_v2(server);
    EXPECT_TRUE(names(whois(server.remote()), other_claimed));
    EXPECT_TRUE(names(whois(first.server.remote()), kClaimed));
    EXPECT_EQ(pinned_clients(config.node).entries(), 1U);
    EXPECT_EQ(pinned_clients(other_config.node).entries(), 1U);
    at_once({[&] { send_content(client, kUpload, 16 * kMiB); }, [&] { receive_content(server, kUpload, 16 * kMiB); },
             [&] { send_content(first.client, kDownload, 16 * kMiB); },
             [&] { receive_content(first.server, kDownload, 16 * kMiB); }});
    client.close();
    server.close();
    EXPECT_EQ(other.stop(), Exit{});
  }
  // The first one does not notice that the other is gone.
  EXPECT_FALSE(std::filesystem::exists(pins_of(other_config.node)));
  EXPECT_TRUE(names(whois(first.server.remote()), kClaimed));
  expect_conversation(first.client, first.server);
  auto next = open();
  expect_conversation(next.client, next.server);
}

INSTANTIATE_TEST_SUITE_P(Path, Clients, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
