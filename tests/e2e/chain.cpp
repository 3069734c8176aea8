#include "e2e/chain.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace realpeer::testing {
namespace {

constexpr std::size_t kLastRecords = 20;

}  // namespace

void Chain::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, for network namespaces";
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  net = std::make_unique<Topology>(test->name());
  config.node = unique_node();
  config.datapath = GetParam();
}

void Chain::TearDown() {
  if (gateway == nullptr) return;
  const auto exit = gateway->stop();
  EXPECT_EQ(exit, Exit{}) << "the gateway stopped with: " << to_string(exit);
  if (HasFailure()) {
    std::cerr << "the gateway's messages:\n" << gateway->process().errors() << "the end of its access log:\n";
    const auto records = gateway->log().records();
    const auto skipped = records.size() - std::min(records.size(), kLastRecords);
    for (std::size_t i = skipped; i < records.size(); ++i) std::cerr << records[i] << "\n";
  }
}

void Chain::start() {
  if (!backend) backend.emplace(net->backend, endpoint("10.77.0.2:9000"), backend_options);
  start_gateway();
}

void Chain::start_gateway() {
  ProcessOptions options;
  options.netns = &net->gateway;
  options.resolv_conf = resolv_conf;
  gateway = std::make_unique<Daemon>(REALPEER_BINARY, config, options);
}

Socket Chain::connect(const SocketOptions& options) {
  return testing::connect(net->client, endpoint(config.binds.front()), options);
}

Ends Chain::open(const SocketOptions& options) {
  Socket client = connect(options);
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = backend->accept();
  auto header = read_proxy_v2(server);
  return {std::move(client), std::move(server), std::move(header)};
}

Ends Chain::open_talking(const SocketOptions& options) {
  auto ends = open(options);
  expect_conversation(ends.client, ends.server);
  return ends;
}

Record Chain::record_of(const Endpoint& peer) {
  return gateway->log().wait_for_record(
      [address = to_string(peer)](const Record& record) { return record.text("peer_addr") == address; });
}

Record Chain::expect_record(const Endpoint& peer, const std::string& end, std::uint64_t in, std::uint64_t out) {
  auto record = record_of(peer);
  EXPECT_EQ(record.text("end"), end) << record;
  EXPECT_EQ(record.number("bytes_in"), in) << record;
  EXPECT_EQ(record.number("bytes_out"), out) << record;
  if (in >= kAsked && out >= kAnswered) {
    EXPECT_EQ(record.text("path"), GetParam()) << record;
  }
  return record;
}

void ask(Socket& client) {
  client.send_all("question");
  EXPECT_EQ(client.receive_exactly(kAnswered), "answer");
}

void answer(Socket& server) {
  EXPECT_EQ(server.receive_exactly(kAsked), "question");
  server.send_all("answer");
}

void expect_conversation(Socket& client, Socket& server) {
  at_once({[&] { ask(client); }, [&] { answer(server); }});
}

}  // namespace realpeer::testing
