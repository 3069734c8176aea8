// Another configuration for a gateway that serves: what it changes, what it leaves alone, and what it refuses.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>

#include "e2e/succession.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

class Reload : public SuccessionChain {
 protected:
  void add_second() {
    gateway->rewrite(changed([](auto& other) { other.binds = {"203.0.113.1:7000", "203.0.113.1:7001"}; }));
    expect_done("reload");
  }
};

TEST_P(Reload, OpensListenersAndClosesThemAndLosesNoConnection) {
  start();
  Ends before = open();
  add_second();
  expect_served(kSecond);
  Socket on_second = testing::connect(net->client, kSecond, {.from = endpoint("203.0.113.42:0")});
  on_second.send_all(proxy_v2(kClaimed, kDialled));
  Socket behind_second = backend->accept();
  read_proxy_v2(behind_second);
  gateway->rewrite(config.yaml());
  expect_done("reload");
  expect_closed(kSecond);
  expect_served(kFirst);
  expect_conversation(on_second, behind_second);
  expect_conversation(before.client, before.server);
}

TEST_P(Reload, TakesWhoHasConnectedToAListenerThatIsClosed) {
  config.binds = {"203.0.113.1:7000", "203.0.113.1:7001"};
  start();
  auto queued = connect_to_stopped(kSecond);
  gateway->rewrite(changed([](auto& other) { other.binds = {"203.0.113.1:7000"}; }));
  gateway->process().signal(SIGHUP);
  go_on();
  expect_served(queued);
  EXPECT_TRUE(eventually([&] { return !listening(net->gateway, 7001); }, kSoon));
}

TEST_P(Reload, OpensNoListenerWhereAnotherProgramListens) {
  start();
  const Listener taken(net->gateway, kSecond);
  gateway->rewrite(changed([](auto& other) { other.binds = {"203.0.113.1:7002", "203.0.113.1:7001"}; }));
  const auto finished = ask_gateway("reload");
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("listener 'in-1' cannot listen on 203.0.113.1:7001: Address already in use"));
  EXPECT_THAT(finished.errors, HasSubstr("not reloaded: all goes on as before"));
  expect_closed(endpoint("203.0.113.1:7002"));
  expect_served(kFirst);
}

TEST_P(Reload, MovesAListenerFromOneAddressToAllOfThem) {
  start();
  Ends before = open();
  gateway->rewrite(changed([](auto& other) { other.binds = {"[::]:7000"}; }));
  expect_done("reload");
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
  gateway->rewrite(config.yaml());
  expect_done("reload");
  expect_served(kFirst);
}

TEST_P(Reload, SendsWhoComesThenElsewhere) {
  start();
  Ends before = open();
  Listener elsewhere(net->backend, endpoint("10.77.0.2:9001"));
  gateway->rewrite(changed([](auto& other) { other.endpoints = {"10.77.0.2:9001"}; }));
  expect_done("reload");
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = elsewhere.accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  expect_conversation(client, server);
  expect_conversation(before.client, before.server);
}

TEST_P(Reload, LimitsAndListsHoldFromThenOn) {
  start();
  Ends before = open();
  gateway->rewrite(changed([](auto& other) { other.limits = "denied_clients: [198.51.100.0/24]"; }));
  expect_done("reload");
  {
    Socket denied = connect();
    be_refused_at([&] { denied.send_all(proxy_v2(kClaimed, kDialled)); });
    EXPECT_EQ(denied.ending().end, End::reset);
    EXPECT_EQ(record_of(denied.local()).text("reason"), "client_denied");
  }
  gateway->rewrite(changed([](auto& other) { other.limits = "connections: 1"; }));
  expect_done("reload");
  {
    Socket second = connect();
    EXPECT_EQ(second.ending().end, End::reset);
    EXPECT_EQ(record_of(second.local()).text("reason"), "too_many_connections") << "the one from before counts";
  }
  expect_conversation(before.client, before.server);
  gateway->rewrite(config.yaml());
  expect_done("reload");
  expect_served(kFirst);
}

TEST_P(Reload, TimeoutsHoldForWhoIsConnectedAsWell) {
  start();
  Ends before = open_talking();
  gateway->rewrite(changed([](auto& other) { other.idle_timeout = "1s"; }));
  expect_done("reload");
  EXPECT_EQ(before.client.ending().end, End::reset);
  EXPECT_EQ(record_of(before.client.local()).text("end"), "idle_timeout");
}

TEST_P(Reload, OfAdmissionThatCannotBeHadMayBeMended) {
  start();
  const auto with = [this](const std::string& mode) {
    return config.yaml() + "admission: { interfaces: [lo], mode: " + mode + " }\n";
  };
  gateway->rewrite(with("native"));
  const auto refused = ask_gateway("reload");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, HasSubstr("admission cannot be had here: admission on lo: "));
  for (const std::string mode : {"tc", "generic", "auto"}) {
    gateway->rewrite(with(mode));
    expect_done("reload");
    EXPECT_THAT(gateway->process().errors(), HasSubstr("admission on lo: " + (mode == "auto" ? "tc" : mode)));
  }
  gateway->rewrite(with("native"));
  EXPECT_EQ(ask_gateway("reload").code, 2);
  gateway->rewrite(config.yaml());
  expect_done("reload");
  expect_served(kFirst);
}

TEST_P(Reload, SaysWhatWaitsForAnotherProcess) {
  config.connections = 100;
  start();
  gateway->rewrite(changed([](auto& other) {
    other.connections = 200;
    other.datapath = other.datapath == "relay" ? "auto" : "relay";
  }));
  const auto finished = ask_gateway("reload");
  EXPECT_EQ(finished.code, 0) << finished.errors;
  EXPECT_THAT(finished.errors,
              HasSubstr("warning: datapath stays " + GetParam() + " until `realpeer upgrade` or a restart"));
  EXPECT_THAT(finished.errors, HasSubstr("warning: limits.connections stays 100"));
  expect_served(kFirst);
}

TEST_P(Reload, ComesOfAHangupAsWell) {
  start();
  gateway->rewrite(changed([](auto& other) { other.binds = {"203.0.113.1:7000", "203.0.113.1:7001"}; }));
  gateway->process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return listening(net->gateway, 7001); }, kSoon));
}

TEST_P(Reload, OfTheSameChangesNothing) {
  start();
  Ends before = open();
  for (int i = 0; i < 20; ++i) expect_done("reload");
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
}

// What each kind of broken document is refused with.
TEST_P(Reload, RefusesABrokenDocumentAndGoesOn) {
  start();
  const Listener taken(net->gateway, endpoint("127.0.0.1:9902"));
  Ends before = open();
  const std::string head = "node: " + config.node + "\ndatapath: " + config.datapath + "\n";
  const std::string good = config.yaml();
  const auto without_listeners = good.substr(0, good.find("listeners:"));
  struct Broken {
    std::string text;
    std::string said;
  };
  for (const auto& [text, said] : std::vector<Broken>{
           {"listeners: [", "not valid YAML"},
           {"", "error:"},
           {good + "nonsense: 1\n", "nonsense"},
           {without_listeners, "listeners"},
           {changed([](auto& other) { other.binds = {"203.0.113.1:0x1"}; }), "0x1"},
           {changed([](auto& other) { other.trusted_cidrs = {"203.0.113.42/33"}; }), "/33"},
           {changed([](auto& other) { other.node = "another"; }), "cannot become 'another': restart it"},
           {changed([](auto& other) { other.identity = "peername"; }), "run `realpeer upgrade`"},
           {changed([](auto& other) { other.binds = {"198.51.100.77:7000"}; }), "Cannot assign requested address"},
           {good + "include: [none.yaml]\n", "none.yaml"},
           {good + "admin: { bind: '127.0.0.1:9902' }\n", "admin cannot listen on"},
           {good + "admin: { bind: '127.0.0.1:9901', token_file: none }\n", "none"},
           {head + "listeners: [{ name: in-0, bind: '203.0.113.1:7000', tls: { certificate: no.pem, key: no.key },"
                   " route: { http: [{ backend: app }] } }]\n"
                   "backends: { app: { endpoints: ['10.77.0.2:9000'], identity: xff } }\n",
            "no.pem"},
       }) {
    gateway->rewrite(text);
    const auto finished = ask_gateway("reload");
    EXPECT_EQ(finished.code, 2) << text;
    EXPECT_THAT(finished.errors, HasSubstr(said));
    EXPECT_THAT(finished.errors, HasSubstr("not reloaded: all goes on as before"));
    expect_served(kFirst);
  }
  std::filesystem::remove(gateway->runtime_directory() / "realpeer.yaml");
  EXPECT_EQ(ask_gateway("reload").code, 2);
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
  gateway->rewrite(good);
  expect_done("reload");
}

TEST_P(Reload, FiftyTimesUnderLoadLosesNothing) {
  start_for_traffic();
  Traffic traffic(plan());
  for (int round = 0; round < 50 && !HasFailure(); ++round) {
    gateway->rewrite(changed([round](auto& other) {
      if (round % 2 == 0) other.binds.emplace_back("203.0.113.1:7001");
      if (round % 3 == 0) other.connect_timeout = "4s";
      if (round % 5 == 0) other.limits = "per_client: { concurrent: 100000 }";
    }));
    expect_done("reload");
    traffic.go_on(20);
  }
  EXPECT_EQ(traffic.finish(), "");
}

INSTANTIATE_TEST_SUITE_P(Path, Reload, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
