// Which endpoint a connection reaches, and what becomes of it when there is none.
#include <thread>
#include <vector>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

const std::string kClosedPort = "10.77.0.2:9999";
const std::string kBlackHole = "10.77.0.99:9000";

class Backends : public Chain {
 protected:
  Record expect_refused(const std::string& reason, Duration at_least, Duration at_most) {
    Socket client = connect();
    const Stopwatch since_header;
    client.send_all(proxy_v2(kClaimed, kDialled));
    const auto ending = client.ending(at_most);
    EXPECT_EQ(ending.end, End::reset) << "refused in time, and not as an orderly end: " << reason;
    EXPECT_EQ(ending.bytes, "");
    EXPECT_GE(since_header.elapsed(), at_least);
    const auto record = record_of(client.local());
    EXPECT_EQ(record.text("end"), "rejected") << record;
    EXPECT_EQ(record.text("reason"), reason) << record;
    return record;
  }
};

TEST_P(Backends, AClosedPortIsReportedAtOnce) {
  config.endpoints = {kClosedPort};
  start();
  const auto record = expect_refused("backend_unavailable", Duration{0}, Duration{1'000});
  EXPECT_EQ(record.text("client_addr"), to_string(kClaimed)) << record;
}

TEST_P(Backends, AnEndpointThatCameBackIsUsedAgain) {
  start();
  backend.reset();
  expect_refused("backend_unavailable", Duration{0}, Duration{1'000});
  backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
  auto [client, server, header] = open();
  expect_conversation(client, server);
}

TEST_P(Backends, TheNextEndpointIsTriedWhenOneRefuses) {
  config.endpoints = {kClosedPort, "10.77.0.2:9000"};
  start();
  for (int i = 0; i < 4; ++i) {
    auto [client, server, header] = open();
    EXPECT_EQ(header.source, kClaimed);
    expect_conversation(client, server);
    const auto peer = client.local();
    client.close();
    server.close();
    EXPECT_EQ(record_of(peer).text("endpoint"), "10.77.0.2:9000");
  }
}

TEST_P(Backends, PayloadSentBeforeTheFirstEndpointRefusedReachesTheSecond) {
  config.endpoints = {kClosedPort, "10.77.0.2:9000"};
  start();
  for (int i = 0; i < 4; ++i) {
    Socket client = connect({.send_buffer = 4 * 1024 * 1024});
    client.send_all(proxy_v2(kClaimed, kDialled) + kUpload.bytes(0, 256 * kKiB));
    Socket server = backend->accept();
    read_proxy_v2(server);
    receive_content(server, kUpload, 256 * kKiB);
  }
}

TEST_P(Backends, ABlackHoleIsGivenUpAfterTheConnectTimeout) {
  config.endpoints = {kBlackHole};
  config.connect_timeout = "1s";
  start();
  expect_refused("backend_timeout", Duration{900}, Duration{2'500});
}

TEST_P(Backends, TheNextEndpointIsTriedWhenOneIsABlackHole) {
  config.endpoints = {kBlackHole, "10.77.0.2:9000"};
  config.connect_timeout = "1s";
  start();
  for (int i = 0; i < 2; ++i) {
    auto [client, server, header] = open();
    expect_conversation(client, server);
  }
}

TEST_P(Backends, AClientThatGivesUpWhileABlackHoleIsTriedIsForgotten) {
  config.endpoints = {kBlackHole};
  config.connect_timeout = "2s";
  start();
  expect_refused("backend_timeout", Duration{0}, Duration{4'000});  // what the first connection opens for good is open
  const auto files_before = gateway->process().open_files();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled));
  EXPECT_TRUE(eventually([&] { return gateway->process().open_files() > files_before; }, kSoon));
  client.reset();
  EXPECT_TRUE(eventually([&] { return gateway->process().open_files() <= files_before; }, Duration{4'000}));
}

TEST_P(Backends, ConnectionsOnTheirWayToABlackHoleDoNotHinderOthers) {
  config.endpoints = {kBlackHole, "10.77.0.2:9000"};
  config.connect_timeout = "2s";
  start();
  std::vector<Socket> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(connect());
    clients.back().send_all(proxy_v2(kClaimed, kDialled));
  }
  // Every second one is sent to the living endpoint first, and waits for no other; all get there in the end.
  const Stopwatch since_connect;
  for (int i = 0; i < 20; ++i) {
    Socket server = backend->accept(Duration{5'000});
    read_proxy_v2(server);
  }
  EXPECT_LT(since_connect.elapsed(), Duration{4'000});
}

TEST_P(Backends, EndpointsAreTakenInTurn) {
  constexpr int kRounds = 40;
  config.endpoints = {"10.77.0.2:9000", "10.77.0.2:9001"};
  start();
  Listener second(net->backend, endpoint("10.77.0.2:9001"));
  int first_count = 0;
  for (int i = 0; i < kRounds; ++i) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled));
    ASSERT_TRUE(
        eventually([&] { return backend->pending_within(Duration{0}) || second.pending_within(Duration{0}); }, kSoon));
    const bool first = backend->pending_within(Duration{0});
    first_count += first ? 1 : 0;
    Socket server = first ? backend->accept() : second.accept();
    read_proxy_v2(server);
    expect_conversation(client, server);
  }
  // Each worker may keep a turn of its own.
  const auto workers = static_cast<int>(std::thread::hardware_concurrency());
  EXPECT_NEAR(first_count, kRounds / 2, workers);
}

INSTANTIATE_TEST_SUITE_P(Path, Backends, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
