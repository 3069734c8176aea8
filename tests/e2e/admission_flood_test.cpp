// A flood of SYNs from denied networks: a client that is none of them notices nothing of it.
#include <netinet/tcp.h>

#include <algorithm>
#include <future>

#include "e2e/chain.h"
#include "harness/admission_status.h"
#include "harness/socket_table.h"
#include "harness/syn_flood.h"

namespace realpeer::testing {
namespace {

constexpr std::uint64_t kPace = 50'000;  // SYNs per second: a processor is left for the rest, of two

class AdmissionUnderFlood : public Chain {
 protected:
  void SetUp() override {
    Chain::SetUp();
    if (IsSkipped()) return;
    route_back_to_flood(*net);
  }

  // The gateway on this address, with admission or without.
  void start_on(const std::string& bind, const std::string& admission) {
    config.binds = {bind};
    config.text = "listeners:\n  - name: in\n    bind: \"" + bind + R"("
    accept_proxy: strict
    trusted_cidrs: [203.0.113.42/32, "fd00:c::42/128"]
    route: { backend: app }
backends:
  app: { endpoints: ["10.77.0.2:9000"], identity: proxy-v2 }
)" + admission;
    start();
  }
  static std::string denying() {
    return std::string("admission: { interfaces: [wan0], denied_cidrs: [") + SynFlood::sources4 + ", \"" +
           SynFlood::sources6 + "\"] }\n";
  }

  // Sockets of the flood's sources in the gateway: SYNs that wait for their ACK, or anything later.
  std::ptrdiff_t sockets_of_flood() {
    return std::ranges::count_if(tcp_sockets(net->gateway), [](const ListedSocket& socket) {
      return SynFlood::is_source(socket.remote.address());
    });
  }

  // A client that is served: connects, is announced to the backend, talks, and goes.
  void expect_served() {
    auto [client, server, header] = open();
    ASSERT_EQ(header.source, kClaimed);
    expect_conversation(client, server);
    client.reset();
  }

  // Serves a client again and again while these SYNs come; returns how many were sent.
  std::uint64_t serve_during(std::uint64_t syns) {
    expect_served();  // from here on the link works: with IPv6 that can take a second from its making on
    const SynFlood flood(*net, endpoint(config.binds.front()));
    auto flooding = std::async(std::launch::async, [&] { return flood.send(syns, kPace); });
    unsigned served = 0;
    const auto over = [&] { return flooding.wait_for(Duration{0}) == std::future_status::ready; };
    while (!over() && !HasFailure()) {
      expect_served();
      EXPECT_EQ(sockets_of_flood(), 0) << "after " << served << " clients";
      // Begun and ended while the flood was on.
      if (!over()) ++served;
    }
    EXPECT_GT(served, 0U);
    return flooding.get().sent;
  }

  void expect_no_trace_of_flood(std::uint64_t sent) {
    EXPECT_EQ(admission_count(*gateway, "denied", sent), sent);
    EXPECT_EQ(sockets_of_flood(), 0);
    for (const std::string counter : {"ListenDrops", "ListenOverflows", "SyncookiesSent", "TCPReqQFullDrop"}) {
      EXPECT_EQ(netstat(net->gateway, "TcpExt", counter), 0U) << counter;
    }
    EXPECT_FALSE(backend->pending_within(Duration{0})) << "somebody reached the backend who was not expected";
    for (const auto& record : gateway->log().records()) {
      EXPECT_FALSE(SynFlood::is_source(endpoint(record.text("peer_addr")).address())) << record;
    }
  }
};

TEST_P(AdmissionUnderFlood, ServesClientsAndCountsEverySynThatItDrops) {
  start_on("203.0.113.1:7000", denying());
  const auto sent = serve_during(200'000);
  EXPECT_EQ(sent, 200'000U);
  expect_no_trace_of_flood(sent);
}

TEST_P(AdmissionUnderFlood, DropsIPv6AsWell) {
  start_on("[fd00:c::1]:7000", denying());
  const auto sent = serve_during(50'000);
  EXPECT_EQ(sent, 50'000U);
  expect_no_trace_of_flood(sent);
}

// What the others stand on: the same SYNs do come to something where nobody drops them.
TEST_P(AdmissionUnderFlood, WithoutAdmissionTheSynsFillTheBacklog) {
  for (const std::string bind : {"203.0.113.1:7000", "[fd00:c::1]:7001"}) {
    gateway.reset();
    start_on(bind, "");
    const auto sent = SynFlood(*net, endpoint(bind)).send(1'000, kPace).sent;
    EXPECT_EQ(sent, 1'000U);
    EXPECT_TRUE(eventually([&] { return sockets_of_flood() == 1'000; }, kSoon)) << sockets_of_flood() << " of " << bind;
    const auto sockets = tcp_sockets(net->gateway);
    const auto waits = [](const ListedSocket& socket) { return socket.state == TCP_SYN_RECV; };
    EXPECT_EQ(std::ranges::count_if(sockets, waits), 1'000);
  }
}

INSTANTIATE_TEST_SUITE_P(Path, AdmissionUnderFlood, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
