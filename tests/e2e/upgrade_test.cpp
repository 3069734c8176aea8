// A new process in the place of one that serves.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "e2e/succession.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

class Upgrade : public SuccessionChain {
 protected:
  [[nodiscard]] std::vector<std::string> pins() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& pin : std::filesystem::directory_iterator(pins_of(config.node), none)) {
      if (pin.path().filename() != "layout") names.push_back(pin.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }
  // What `realpeer whois` says of the connection behind this socket of the backend's.
  [[nodiscard]] std::string whois(const Socket& server) const {
    return run({REALPEER_BINARY, "whois", to_string(server.remote())}).output;
  }
};

TEST_P(Upgrade, TheNewProcessServesAndTheOldOneKeepsItsConnections) {
  start();
  Ends before = open_talking();
  expect_done("upgrade");
  EXPECT_EQ(gateway->processes().size(), 2U);
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
  EXPECT_THAT(whois(before.server), HasSubstr(to_string(kClaimed)));
  Ends after = open();
  EXPECT_THAT(whois(after.server), HasSubstr(to_string(kClaimed)));
  before.client.close();
  before.server.close();
  EXPECT_TRUE(eventually([&] { return gateway->processes().size() == 1; }, kSoon)) << gateway->process().errors();
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
  expect_conversation(after.client, after.server);
  EXPECT_EQ(pins(), std::vector<std::string>{"clients"});
}

TEST_P(Upgrade, FollowsUponUpgrade) {
  start();
  std::vector<Ends> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(open());
    expect_done("upgrade");
  }
  EXPECT_EQ(gateway->processes().size(), 5U);
  for (auto& ends : all) expect_conversation(ends.client, ends.server);
  expect_done("reload");
  all.clear();
  EXPECT_TRUE(eventually([&] { return gateway->processes().size() == 1; }, kSoon));
  EXPECT_EQ(pins(), std::vector<std::string>{"clients"});
  expect_served(kFirst);
}

TEST_P(Upgrade, TakesUpWhatAReloadCouldNot) {
  config.connections = 100;
  start();
  gateway->rewrite(changed([](auto& other) {
    other.connections = 200;
    other.binds = {"203.0.113.1:7001"};
  }));
  expect_done("upgrade");
  expect_served(kSecond);
  EXPECT_TRUE(eventually([&] { return !listening(net->gateway, 7000); }, kSoon));
}

TEST_P(Upgrade, ThatCannotBeLeavesAllAsItWas) {
  start();
  Ends before = open();
  const std::string good = config.yaml();
  gateway->rewrite("listeners: [");
  auto finished = ask_gateway("upgrade");
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("not valid YAML"));
  EXPECT_THAT(finished.errors, HasSubstr("not upgraded: all goes on as before"));
  // It passes every check, and then cannot listen.
  gateway->rewrite(changed([](auto& other) { other.binds = {"203.0.113.1:7000", "198.51.100.77:7000"}; }));
  finished = ask_gateway("upgrade");
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("the new process ended with status 1"));
  EXPECT_THAT(gateway->process().errors(), HasSubstr("Cannot assign requested address"));
  EXPECT_EQ(gateway->processes().size(), 1U);
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
  EXPECT_THAT(whois(before.server), HasSubstr(to_string(kClaimed)));
  EXPECT_EQ(pins(), std::vector<std::string>{"clients"});
  gateway->rewrite(good);
  expect_done("upgrade");
  expect_served(kFirst);
}

TEST_P(Upgrade, IsOneAtATime) {
  start();
  Ends before = open();
  std::array<int, 3> codes{};
  at_once({[&] { codes[0] = ask_gateway("upgrade").code; }, [&] { codes[1] = ask_gateway("upgrade").code; },
           [&] { codes[2] = ask_gateway("upgrade").code; }});
  // Whoever asks later may ask the new process.
  EXPECT_GE(std::ranges::count(codes, 0), 1);
  EXPECT_EQ(std::ranges::count(codes, 1), 0);
  EXPECT_TRUE(eventually([&] { return gateway->processes().size() == 2; }, kSoon));
  expect_served(kFirst);
  expect_conversation(before.client, before.server);
}

TEST_P(Upgrade, WhoIsKilledAfterwardsLeavesNothingInTheMap) {
  start();
  Ends before = open();
  const pid_t old = gateway->process().pid();
  expect_done("upgrade");
  Ends after = open();
  EXPECT_EQ(pins(), (std::vector<std::string>{"clients", "clients-1"}));
  ::kill(old, SIGKILL);
  EXPECT_TRUE(eventually([&] { return pins() == std::vector<std::string>{"clients"}; }, kSoon));
  expect_conversation(after.client, after.server);
  EXPECT_TRUE(gateway->stop_all());
  gateway.reset();  // not to be asked how the killed one ended
}

TEST_P(Upgrade, TheOldProcessEndsItsConnectionsInTheTimeToDrain) {
  config.drain_timeout = "1s";
  start();
  Ends before = open();
  expect_done("upgrade");
  EXPECT_EQ(before.client.ending().end, End::reset);
  EXPECT_TRUE(eventually([&] { return gateway->processes().size() == 1; }, kSoon));
  expect_served(kFirst);
}

TEST_P(Upgrade, WhoWaitsInTheQueueIsServedByEither) {
  start();
  auto queued = connect_to_stopped(kFirst);
  at_once({[&] { expect_done("upgrade"); }, [&] { go_on(); }});
  expect_served(queued);
}

TEST_P(Upgrade, TheAdminListenerAnswersThroughout) {
  const auto file = "unix:" + std::filesystem::temp_directory_path().string() + "/" + unique_node() + ".admin";
  for (const auto& bind : {std::string("127.0.0.1:9901"), file}) {
    config.node = unique_node();
    config.text = GatewayConfig(config).yaml() + "admin: { bind: '" + bind + "' }\n";
    config.text.erase(0, config.text.find("log:"));
    start();
    for (int i = 0; i < 3; ++i) {
      expect_done("upgrade");
      const auto asked = run({REALPEER_BINARY, "status", "--admin", bind}, {.netns = &net->gateway});
      EXPECT_EQ(asked.code, 0) << asked.errors;
    }
    EXPECT_TRUE(gateway->stop_all());
    gateway.reset();
    config.text.clear();
  }
}

// Started by somebody else, as the second pod of a node is.
class TakeOver : public Upgrade {
 protected:
  std::unique_ptr<Process> take_over() {
    auto other = std::make_unique<Process>(
        std::vector<std::string>{REALPEER_BINARY, "run", "--config",
                                 (gateway->runtime_directory() / "realpeer.yaml").string(), "--take-over",
                                 "--runtime-dir", gateway->runtime_directory().string()},
        ProcessOptions{.netns = &net->gateway});
    EXPECT_TRUE(eventually([&] { return other->errors().find(" ready\n") != std::string::npos; }, kSoon))
        << other->errors();
    return other;
  }
  // The last connection of the first process ends, it ends with it, and the other one serves.
  void expect_first_to_end_with(Ends& last) {
    expect_conversation(last.client, last.server);
    last.client.close();
    last.server.close();
    EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
    expect_served(kFirst);
  }
  static void stop(Process& process) {
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(kSoon), Exit{}) << process.errors();
  }
};

TEST_P(TakeOver, WhoTookOverAndDiedMayBeReplacedWhileTheFirstOneDrains) {
  start();
  Ends before = open();
  auto second = take_over();
  expect_served(kFirst);
  second->signal(SIGKILL);
  ASSERT_TRUE(second->wait(kSoon));
  expect_closed(kFirst);
  auto third = take_over();
  expect_served(kFirst);
  expect_first_to_end_with(before);
  EXPECT_EQ(pins(), std::vector<std::string>{"clients"});
  stop(*third);
}

TEST_P(TakeOver, WhereNobodyRunsIsAStart) {
  start();
  EXPECT_TRUE(gateway->stop_all());
  auto second = take_over();
  expect_served(kFirst);
  stop(*second);
}

TEST_P(TakeOver, FromOneThatDrainsAlready) {
  start();
  Ends before = open();
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return !listening(net->gateway, 7000); }, kSoon));
  auto second = take_over();
  expect_served(kFirst);
  expect_first_to_end_with(before);
  stop(*second);
}

TEST_P(Upgrade, WhoLosesItsSuccessorEndsToBeStartedAgain) {
  start();
  Ends before = open();
  expect_done("upgrade");
  for (const pid_t pid : gateway->processes()) {
    if (pid != gateway->process().pid()) ::kill(pid, SIGKILL);
  }
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
  EXPECT_EQ(before.client.ending().end, End::reset);
}

TEST_P(Upgrade, WithNoTimeToDrainIsAnsweredAllTheSame) {
  config.drain_timeout = "0s";
  start();
  for (int i = 0; i < 5; ++i) expect_done("upgrade");
  expect_served(kFirst);
}

TEST_P(Upgrade, FiftyTimesUnderLoadLosesNothing) {
  start_for_traffic();
  Traffic traffic(plan());
  for (int round = 0; round < 50 && !HasFailure(); ++round) {
    expect_done("upgrade");
    traffic.go_on(20);
  }
  EXPECT_EQ(traffic.finish(), "");
  EXPECT_TRUE(eventually([&] { return gateway->processes().size() == 1; }, kDeadline));
}

INSTANTIATE_TEST_SUITE_P(Path, Upgrade, both_paths(), path_name);
INSTANTIATE_TEST_SUITE_P(Path, TakeOver, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
