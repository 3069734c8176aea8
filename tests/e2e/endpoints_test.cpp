// Backends of several endpoints: how connections are spread, and what becomes of them when an endpoint fails.
#include <algorithm>
#include <csignal>
#include <map>
#include <thread>

#include "e2e/chain.h"
#include "harness/dns.h"
#include "harness/echo_server.h"

namespace realpeer::testing {
namespace {

constexpr std::string_view kThree = R"(["10.77.0.2:9001", "10.77.0.2:9002", "10.77.0.2:9003"])";
const std::string kBlackHoles = R"(["10.77.0.99:9001", "10.77.0.99:9002", "10.77.0.99:9003"])";

Endpoint port(std::uint16_t number) { return endpoint("10.77.0.2:" + std::to_string(number)); }

bool echoes(Socket& client, std::string_view text = "question") {
  try {
    client.send_all(text);
    return client.receive_exactly(text.size()) == text;
  } catch (const std::exception&) {
    return false;
  }
}

class Endpoints : public Chain {
 protected:
  void start_with(std::string_view endpoints, const std::string& settings = "", const std::string& timeout = "5s") {
    config.text = "log: { level: debug }\ntimeouts: { connect: " + timeout + R"( }
listeners:
  - { name: in, bind: "203.0.113.1:7000", accept_proxy: strict, trusted_cidrs: [203.0.113.42/32], route: { backend: app } }
backends:
  app:
    endpoints: )" +
                  std::string(endpoints) + "\n    " + settings + "\n";
    start_gateway();
  }
  EchoServer& serve(std::uint16_t number) {
    return servers.try_emplace(number, net->backend, port(number)).first->second;
  }

  void serve_all() {
    serve(9001);
    serve(9002);
    serve(9003);
  }

  Socket connect_as(const Endpoint& client) {
    Socket socket = connect();
    socket.send_all(proxy_v2(client, kDialled));
    return socket;
  }
  // The endpoint of a connection that has ended.
  std::string endpoint_of(const Endpoint& peer) { return record_of(peer).text("endpoint"); }
  // The endpoint that a short connection of this client reached.
  std::string visit(const Endpoint& client = kClaimed) {
    Socket socket = connect_as(client);
    EXPECT_TRUE(echoes(socket));
    const auto peer = socket.local();
    socket.close();
    return endpoint_of(peer);
  }
  Record refused() {
    Socket socket = connect_as(kClaimed);
    const auto ending = socket.ending();
    EXPECT_EQ(ending.bytes, "");
    return record_of(socket.local());
  }
  // Waits for a line of the gateway's log with all of these words.
  bool logged(std::initializer_list<std::string_view> words, Duration bound = kSoon) {
    const auto all_in = [&](const std::string& line) {
      return std::ranges::all_of(words, [&](auto word) { return line.find(word) != std::string::npos; });
    };
    return eventually(
        [&] {
          std::istringstream lines(gateway->process().errors());
          for (std::string line; std::getline(lines, line);) {
            if (all_in(line)) return true;
          }
          return false;
        },
        bound);
  }

  std::map<std::uint16_t, EchoServer> servers;
};

TEST_P(Endpoints, TakeTurnsByWeight) {
  serve(9001);
  serve(9002);
  start_with(R"(["10.77.0.2:9001", { address: "10.77.0.2:9002", weight: 3 }])");
  std::map<std::string, int> visits;
  for (int i = 0; i < 16; ++i) ++visits[visit()];
  EXPECT_EQ(visits, (std::map<std::string, int>{{"10.77.0.2:9001", 4}, {"10.77.0.2:9002", 12}}));
}

TEST_P(Endpoints, WithTheFewestConnectionsGoFirst) {
  serve_all();
  start_with(kThree, "balance: least_connections");
  std::vector<Socket> open;
  for (int i = 0; i < 6; ++i) {
    open.push_back(connect_as(kClaimed));
    ASSERT_TRUE(echoes(open.back()));
  }
  for (auto& [number, server] : servers) EXPECT_EQ(server.connections(), 2U);
  const auto peer = open[1].local();
  open[1].close();
  const auto freed = endpoint_of(peer);
  EXPECT_EQ(visit(), freed);
}

TEST_P(Endpoints, KeepTheirClientsByTheBelievedAddress) {
  serve_all();
  start_with(kThree, "balance: client_hash");
  std::map<std::string, std::string> homes;
  for (int i = 1; i <= 12; ++i) {
    const auto client = "198.51.100." + std::to_string(i);
    homes[client] = visit(endpoint(client + ":1000"));
    EXPECT_EQ(visit(endpoint(client + ":2000")), homes[client]) << "the port does not count";
  }
  servers.erase(9002);
  for (const auto& [client, home] : homes) {
    const auto now = visit(endpoint(client + ":3000"));
    if (home == "10.77.0.2:9002") {
      EXPECT_NE(now, home);
    } else {
      EXPECT_EQ(now, home) << "only the clients of the lost endpoint move";
    }
  }
}

TEST_P(Endpoints, AtTheirCeilingAreLeftAlone) {
  serve_all();
  start_with(kThree, "max_connections: 2");
  std::vector<Socket> open;
  for (int i = 0; i < 6; ++i) {
    open.push_back(connect_as(kClaimed));
    ASSERT_TRUE(echoes(open.back()));
  }
  const auto record = refused();
  EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
  EXPECT_NE(record.text("detail").find("full: max_connections 2"), std::string::npos) << record;
  const auto peer = open[3].local();
  open[3].close();
  record_of(peer);
  EXPECT_TRUE(echoes(open.emplace_back(connect_as(kClaimed))));
}

// One of three endpoints dies under load: who was on it is lost, and nobody else.
TEST_P(Endpoints, ThatDieTakeOnlyTheirOwnConnectionsAlong) {
  serve_all();
  start_with(kThree);
  std::vector<Socket> open;
  for (int i = 0; i < 30; ++i) {
    open.push_back(connect_as(kClaimed));
    ASSERT_TRUE(echoes(open.back()));
  }
  std::atomic<bool> stop = false;
  std::atomic<int> visits = 0;
  std::mutex mutex;
  std::vector<Endpoint> failed;
  const auto load = [&] {
    on_threads(4, [&] {
      while (!stop) {
        Socket client = connect_as(kClaimed);
        const bool good = echoes(client, std::string(20'000, 'x'));
        ++visits;
        const std::lock_guard lock(mutex);
        if (!good) failed.push_back(client.local());
      }
    });
  };
  at_once({load, [&] {
             EXPECT_TRUE(eventually([&] { return visits > 100; }, kDeadline));
             servers.erase(9002);
             const int then = visits;
             EXPECT_TRUE(eventually([&] { return visits > then + 200; }, kDeadline));
             stop = true;
           }});

  for (const auto& peer : failed) EXPECT_EQ(endpoint_of(peer), "10.77.0.2:9002");
  EXPECT_LE(failed.size(), 4U) << "one for each client that was on its way there";
  int lost = 0;
  for (auto& client : open) {
    if (!echoes(client)) {
      ++lost;
      EXPECT_EQ(endpoint_of(client.local()), "10.77.0.2:9002");
    }
  }
  EXPECT_EQ(lost, 10);
  EXPECT_TRUE(logged({"warning", "10.77.0.2:9002 rests", "Connection refused"})) << gateway->process().errors();
}

TEST_P(Endpoints, ThatComeBackAreUsedAgain) {
  serve(9001);
  start_with(R"(["10.77.0.2:9001", "10.77.0.2:9002"])", "ejection: { failures: 2, duration: 100ms }");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(visit(), "10.77.0.2:9001");
  EXPECT_TRUE(logged({"10.77.0.2:9002 rests"}));
  serve(9002);
  EXPECT_TRUE(eventually([&] { return visit() == "10.77.0.2:9002"; }, kDeadline));
  EXPECT_TRUE(logged({"10.77.0.2:9002 takes connections again"}));
}

// Once a second one client looks whether somebody is back; all others are told at once.
TEST_P(Endpoints, ThatAreAllSilentRefuseAtOnceOnceThatIsKnown) {
  start_with(kBlackHoles, "ejection: { failures: 1, duration: 1h }", "2s");
  EXPECT_EQ(refused().text("reason"), "backend_timeout");
  int at_once = 0;
  for (int i = 0; i < 12; ++i) {
    const auto record = refused();
    if (record.number("duration_ms") > 200) continue;
    ++at_once;
    EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
    EXPECT_NE(record.text("detail").find("resting: no answer in time"), std::string::npos) << record;
  }
  EXPECT_GE(at_once, 6);
}

// The kernel gives up on a host that is gone before we do: after 3 s, "No route to host".
TEST_P(Endpoints, ThatAreGoneFromTheirNetworkRefuseAtOnceOnceThatIsKnown) {
  start_with(R"(["10.77.0.98:9001"])", "ejection: { failures: 1, duration: 1h }", "20s");
  const auto first = refused();
  EXPECT_NE(first.text("detail").find("No route to host"), std::string::npos) << first;
  EXPECT_TRUE(eventually([&] { return refused().number("duration_ms") < 200; }, kDeadline));
}

TEST_P(Endpoints, ThatWereSilentAreSoonUsedAgainWhenThereIsNoOther) {
  start_with(R"(["10.77.0.3:9001"])", "ejection: { failures: 1, duration: 1h }", "500ms");
  in_netns(net->gateway, [] { ip_batch("neigh add 10.77.0.3 lladdr 02:00:00:00:00:98 dev lan0 nud permanent"); });
  EXPECT_EQ(refused().text("reason"), "backend_timeout");
  in_netns(net->backend, [] { ip_batch("address add 10.77.0.3/24 dev lan0"); });
  EchoServer back(net->backend, endpoint("10.77.0.3:9001"));
  in_netns(net->gateway, [] { ip_batch("neigh del 10.77.0.3 dev lan0"); });
  EXPECT_TRUE(eventually(
      [&] {
        Socket client = connect_as(kClaimed);
        return echoes(client);
      },
      kDeadline));
}

// Its neighbours do not shorten the time that the one that is left may take: a lost SYN is sent again after a second.
TEST_P(Endpoints, ThatAreDownTakeNoTimeFromTheOthers) {
  serve(9001);
  start_with(R"(["10.77.0.99:9001", "10.77.0.99:9002", "10.77.0.99:9003", "10.77.0.2:9001"])",
             "health: { interval: 2s, timeout: 1s, fall: 1, send_proxy: local }", "3s");
  for (const auto* number : {"9001", "9002", "9003"}) {
    EXPECT_TRUE(logged({std::string("10.77.0.99:") + number, "is down"}));
  }
  in_netns(net->gateway, [] { ip_batch("neigh replace 10.77.0.2 lladdr 02:00:00:00:00:98 dev lan0 nud permanent"); });
  Socket client = connect_as(kClaimed);
  std::this_thread::sleep_for(Duration{900});  // past the patience of a quarter: nothing can tell when the SYN was lost
  in_netns(net->gateway, [] { ip_batch("neigh del 10.77.0.2 dev lan0"); });
  EXPECT_TRUE(echoes(client));
}

TEST_P(Endpoints, AreNotWaitedForOnBehalfOfAClientThatIsGone) {
  start_with(R"(["10.77.0.99:9001"])", "ejection: { failures: 0 }", "60s");
  Socket client = connect_as(kClaimed);
  client.send_all("payload");
  const auto peer = client.local();
  EXPECT_TRUE(eventually([&] { return client.unacknowledged() == 0; }, kSoon));
  client.reset();
  EXPECT_EQ(record_of(peer).text("end"), "client_reset");
}

TEST_P(Endpoints, AreNotBlamedForOurOwnTrouble) {
  serve(9001);
  start_with(R"(["10.77.0.2:9001"])", "health: { interval: 100ms, fall: 1, send_proxy: local }");
  EXPECT_TRUE(eventually([&] { return serve(9001).checks() > 1; }, kSoon));
  Socket open = connect_as(kClaimed);
  ASSERT_TRUE(echoes(open));
  gateway->process().limit_open_files(3);  // no number is free below that
  EXPECT_TRUE(logged({"10.77.0.2:9001 could not be checked", "Too many open files"}));
  EXPECT_FALSE(logged({"is down"}, Duration{0}));
  EXPECT_TRUE(echoes(open));
}

TEST_P(Endpoints, ThatAllRefuseAreTriedAllTheSame) {
  start_with(kThree, "ejection: { failures: 1, duration: 1h }");
  EXPECT_EQ(refused().text("reason"), "backend_unavailable");
  EXPECT_EQ(refused().text("reason"), "backend_unavailable");
  serve(9002);
  EXPECT_EQ(visit(), "10.77.0.2:9002") << "a restarted backend is not kept waiting";
}

TEST_P(Endpoints, ThatFailTheirChecksGetNothing) {
  serve_all();
  start_with(kThree, "health: { interval: 200ms, rise: 2, fall: 2, send_proxy: local }\n    ejection: { failures: 0 }");
  EXPECT_TRUE(eventually([&] { return serve(9002).checks() > 2; }, kSoon)) << "a header that names nobody";
  servers.erase(9002);
  EXPECT_TRUE(logged({"warning", "10.77.0.2:9002 is down", "Connection refused"}));
  for (int i = 0; i < 6; ++i) EXPECT_NE(visit(), "10.77.0.2:9002");
  serve(9002);
  EXPECT_TRUE(logged({"info", "10.77.0.2:9002 is up again"}));
  EXPECT_TRUE(eventually([&] { return visit() == "10.77.0.2:9002"; }, kSoon));
}

TEST_P(Endpoints, ThatAllFailTheirChecksRefuseAtOnce) {
  start_with(kBlackHoles, "health: { interval: 200ms, timeout: 100ms, send_proxy: local }");
  for (const auto* number : {"9001", "9002", "9003"}) {
    EXPECT_TRUE(logged({std::string("10.77.0.99:") + number, "is down", "no answer in time"}));
  }
  const auto record = refused();
  EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
  EXPECT_LT(record.number("duration_ms"), 1'000U) << record;
}

TEST_P(Endpoints, TellHowTheyAreOnRequest) {
  serve(9001);
  start_with(R"(["10.77.0.2:9001", "10.77.0.2:9002"])", "ejection: { failures: 1, duration: 1h }");
  for (int i = 0; i < 4; ++i) visit();
  Socket open = connect_as(kClaimed);
  ASSERT_TRUE(echoes(open));
  gateway->process().signal(SIGUSR1);
  EXPECT_TRUE(logged({"10.77.0.2:9001", "is up", "1 connections open, 5 made, 0 attempts failed"}))
      << gateway->process().errors();
  EXPECT_TRUE(logged({"10.77.0.2:9002", "is resting: Connection refused", "0 connections open"}));
}

// Names are looked up at a server in the gateway's own namespace.
class NamedEndpoints : public Endpoints {
 protected:
  void SetUp() override {
    Endpoints::SetUp();
    if (IsSkipped()) return;
    in_netns(net->backend, [] { ip_batch("address add 10.77.0.3/24 dev lan0"); });
    one.emplace(net->backend, endpoint("10.77.0.2:9001"));
    other.emplace(net->backend, endpoint("10.77.0.3:9001"));
    resolv_conf = directory.write("resolv.conf", "nameserver 127.0.0.1\n");
    dns = in_netns(net->gateway, [] { return std::make_unique<DnsServer>("127.0.0.1", std::uint16_t{53}); });
  }
  void point(const std::vector<std::string>& addresses) {
    DnsEntry entry;
    for (const auto& address : addresses) entry.records.push_back({address, 1});
    dns->set("app.internal", entry);
  }
  void start_named(const std::string& timeout = "5s") { start_with(R"(["app.internal:9001"])", "", timeout); }

  TemporaryDirectory directory;
  std::unique_ptr<DnsServer> dns;
  std::optional<EchoServer> one;
  std::optional<EchoServer> other;
};

TEST_P(NamedEndpoints, AreAllTheAddressesOfTheName) {
  point({"10.77.0.2", "10.77.0.3"});
  start_named();
  for (int i = 0; i < 4; ++i) visit();
  EXPECT_EQ(one->connections(), 2U);
  EXPECT_EQ(other->connections(), 2U);
}

TEST_P(NamedEndpoints, FollowTheNameAndLeaveOpenConnectionsAlone) {
  point({"10.77.0.2"});
  start_named();
  Socket open = connect_as(kClaimed);
  ASSERT_TRUE(echoes(open));
  point({"10.77.0.3"});
  EXPECT_TRUE(eventually([&] { return visit() == "10.77.0.3:9001"; }, kDeadline));
  EXPECT_EQ(visit(), "10.77.0.3:9001");
  EXPECT_TRUE(echoes(open));
}

TEST_P(NamedEndpoints, KeepTheirAddressesWhenTheNameNoLongerResolves) {
  point({"10.77.0.2"});
  start_named();
  EXPECT_EQ(visit(), "10.77.0.2:9001");
  dns->set("app.internal", {.conduct = DnsConduct::servfail});
  EXPECT_TRUE(logged({"warning", "'app.internal'", "stays in use"}, kDeadline)) << gateway->process().errors();
  EXPECT_EQ(visit(), "10.77.0.2:9001");
  point({"10.77.0.3"});
  EXPECT_TRUE(logged({"'app.internal' resolves again"}, kDeadline));
  EXPECT_TRUE(eventually([&] { return visit() == "10.77.0.3:9001"; }, kDeadline));
}

TEST_P(NamedEndpoints, ThatNeverResolvedAreReportedUntilTheyDo) {
  start_named();
  const auto record = refused();
  EXPECT_EQ(record.text("reason"), "backend_unavailable") << record;
  EXPECT_EQ(record.text("detail"), "app.internal:9001: the name does not resolve") << record;
  point({"10.77.0.2"});
  EXPECT_TRUE(logged({"'app.internal'", "came 10.77.0.2"}, kDeadline));
  EXPECT_EQ(visit(), "10.77.0.2:9001");
}

TEST_P(NamedEndpoints, OfASilentServerHoldUpNeitherStartNorStop) {
  dns->set("app.internal", {.conduct = DnsConduct::silence});
  start_named("20s");
  EXPECT_TRUE(logged({"ready"}));
  EXPECT_EQ(refused().text("reason"), "backend_unavailable");
  const Stopwatch stopping;
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_LT(stopping.elapsed(), kSoon);
}

INSTANTIATE_TEST_SUITE_P(Path, Endpoints, both_paths(), path_name);
INSTANTIATE_TEST_SUITE_P(Path, NamedEndpoints, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
