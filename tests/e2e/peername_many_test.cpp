// Many clients by `identity: peername`, at once and one after another: each is told as itself.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "e2e/peername.h"
#include "harness/bpf_maps.h"

namespace realpeer::testing {
namespace {

// Every client has an address and a port of its own.
Endpoint client_number(std::uint32_t number) {
  return {boost::asio::ip::address_v4((10U << 24) + number), static_cast<std::uint16_t>(1 + number)};
}

class PeernameMany : public Peername {
 protected:
  void SetUp() override {
    Peername::SetUp();
    if (IsSkipped()) return;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    config.log_level = "warn";
    backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
    start_naming();
  }

  // Every line of the access log is of another client, who was told.
  void expect_records(std::uint32_t clients) {
    EXPECT_TRUE(eventually([&] { return lines_of_log() == clients; }, kDeadline, Duration{50})) << lines_of_log();
    std::vector<std::string> seen;
    for (const auto& record : gateway->log().records()) {
      ASSERT_EQ(record.fields().at("identity_delivered"), true) << record;
      seen.push_back(record.text("client_addr"));
    }
    std::ranges::sort(seen);
    EXPECT_EQ(std::ranges::unique(seen).size(), 0U);
  }

 private:
  [[nodiscard]] std::uint32_t lines_of_log() const {
    return static_cast<std::uint32_t>(std::ranges::count(gateway->process().output(), '\n'));
  }
};

TEST_P(PeernameMany, TwoThousandAtOnceAreEachThemselves) {
  constexpr std::uint32_t kCount = 2000;
  std::vector<Socket> clients, servers;
  for (std::uint32_t i = 0; i < kCount; ++i) clients.push_back(connect_as(client_number(i)));
  for (std::uint32_t i = 0; i < kCount; ++i) servers.push_back(backend->accept());
  for (auto& server : servers) server.send_all(to_string(server.remote()) + "\n");
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const auto expected = to_string(client_number(i)) + "\n";
    ASSERT_EQ(clients[i].receive_exactly(expected.size()), expected);
  }
  for (std::uint32_t i = 0; i < kCount; ++i) clients[i].reset();
  for (auto& server : servers) server.ending();
  expect_records(kCount);
}

// They end by reset, so that no port rests.
TEST_P(PeernameMany, TwentyThousandAreNeverMixedUp) {
  constexpr std::uint32_t kCount = 20'000;
  constexpr unsigned kBeside = 4;
  std::atomic<std::uint32_t> next_client = 0, next_server = 0, right = 0;
  const auto be_clients = [&] {
    for (std::uint32_t number = 0; (number = next_client++) < kCount;) {
      Socket client = connect_as(client_number(number));
      const auto expected = to_string(client_number(number)) + "\n";
      ASSERT_EQ(client.receive_exactly(expected.size()), expected);
      client.reset();
      ++right;
    }
  };
  const auto be_servers = [&] {
    while (next_server++ < kCount) {
      Socket server = backend->accept();
      server.send_all(to_string(server.remote()) + "\n");
      server.ending();
    }
  };
  at_once({[&] { on_threads(kBeside, be_clients); }, [&] { on_threads(kBeside, be_servers); }});
  EXPECT_EQ(right, kCount);
  expect_records(kCount);
  const auto clients = BpfMap::pinned(pins_of(config.node) / "clients");
  ASSERT_TRUE(clients.has_value());
  EXPECT_TRUE(eventually([&] { return clients->entries() == 0; }, kSoon)) << clients->entries() << " are left";
}

INSTANTIATE_TEST_SUITE_P(Path, PeernameMany, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
