// Starting, stopping, and standing beside others.
#include <signal.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Lifecycle : public Chain {
 protected:
  bool refuses_connections() {
    try {
      connect();
      return false;
    } catch (const std::system_error& error) {
      return error.code().value() == ECONNREFUSED;
    }
  }

  ProcessOptions in_gateway() { return {.netns = &net->gateway}; }
};

TEST_P(Lifecycle, ARunningTransferIsFinishedAfterSigterm) {
  start();
  auto [client, server, header] = open_talking();
  constexpr auto kBytes = 64 * kMiB;
  const auto queued = send_until_blocked(client, kUpload, 2 * kMiB);
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return refuses_connections(); }, kSoon));
  EXPECT_TRUE(gateway->process().running());
  at_once({[&c = client, queued] {
             send_content(c, kUpload, kBytes - queued, queued);
             c.shutdown_write();
           },
           [&s = server] { receive_content_to_eof(s, kUpload, kBytes); }});
  server.send_all("ok");
  server.close();
  EXPECT_EQ(client.receive_until_eof(), "ok");
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
  expect_record(client.local(), "closed", kAsked + kBytes, kAnswered + 2);
}

TEST_P(Lifecycle, WhatOutlastsTheDrainTimeoutIsCut) {
  config.drain_timeout = "1s";
  start();
  auto [client, server, header] = open();
  expect_conversation(client, server);
  const Stopwatch since_signal;
  gateway->process().signal(SIGTERM);
  EXPECT_NE(client.ending(Duration{4'000}).end, End::deadline);
  EXPECT_GE(since_signal.elapsed(), Duration{900});
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
  expect_record(client.local(), "drained", kAsked, kAnswered);
}

TEST_P(Lifecycle, ASecondSigtermStopsAtOnce) {
  start();
  auto [client, server, header] = open();
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return refuses_connections(); }, kSoon));
  EXPECT_TRUE(gateway->process().running());
  gateway->process().signal(SIGTERM);
  EXPECT_EQ(gateway->process().wait(Duration{2'000}), Exit{});
  EXPECT_NE(client.ending(kSoon).end, End::deadline);
}

TEST_P(Lifecycle, SigintStopsItToo) {
  start();
  gateway->process().signal(SIGINT);
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
}

TEST_P(Lifecycle, AfterItsExitNothingIsPinned) {
  start();
  {
    auto [client, server, header] = open();
    expect_conversation(client, server);
    EXPECT_TRUE(std::filesystem::exists(pins_of(config.node)));
  }
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_FALSE(std::filesystem::exists(pins_of(config.node)));
}

TEST_P(Lifecycle, ItStartsAgainAfterHavingBeenKilled) {
  start();
  auto before = open();
  expect_conversation(before.client, before.server);
  gateway->process().signal(SIGKILL);
  ASSERT_TRUE(gateway->process().wait(kSoon).has_value());
  start();
  auto after = open();
  expect_conversation(after.client, after.server);
}

TEST_P(Lifecycle, AnAddressInUseIsNamedInTheError) {
  const Listener holder(net->gateway, endpoint("203.0.113.1:7000"));
  const TemporaryDirectory directory;
  Process daemon({REALPEER_BINARY, "run", "--config", directory.write("c.yaml", config.yaml()).string()}, in_gateway());
  const auto exit = daemon.wait(Duration{10'000});
  ASSERT_TRUE(exit.has_value()) << "it runs without its address";
  EXPECT_GT(exit->code, 0) << to_string(exit);
  EXPECT_NE(daemon.errors().find("203.0.113.1:7000"), std::string::npos) << daemon.errors();
  EXPECT_FALSE(std::filesystem::exists(pins_of(config.node)));
}

TEST_P(Lifecycle, ABadConfigurationStartsNothing) {
  const auto text = config.yaml() + "surprise: true\n";
  const TemporaryDirectory directory;
  const auto path = directory.write("c.yaml", text);
  const auto done = run({REALPEER_BINARY, "run", "--config", path.string()}, in_gateway());
  EXPECT_EQ(done.code, 2);
  const auto line = std::to_string(std::count(text.begin(), text.end(), '\n'));
  EXPECT_NE(done.errors.find(path.string() + ":" + line + ": error: "), std::string::npos) << done.errors;
}

TEST_P(Lifecycle, EveryListenerServes) {
  config.binds = {"203.0.113.1:7000", "203.0.113.1:7001", "[fd00:c::1]:7000"};
  start();
  for (std::size_t i = 0; i < config.binds.size(); ++i) {
    Socket client = testing::connect(net->client, endpoint(config.binds[i]));
    const auto peer = client.local();
    client.send_all(proxy_v2(kClaimed, kDialled));
    Socket server = backend->accept();
    read_proxy_v2(server);
    expect_conversation(client, server);
    client.close();
    server.close();
    EXPECT_EQ(record_of(peer).text("listener"), "in-" + std::to_string(i));
  }
}

TEST_P(Lifecycle, AnUnprivilegedUserRunsTheRelayAndIsToldWhatIsMissing) {
  constexpr uid_t kNobody = 65534;
  config.datapath = GetParam() == "relay" ? "relay" : "auto";
  backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
  auto options = in_gateway();
  options.user = kNobody;
  gateway = std::make_unique<Daemon>(REALPEER_BINARY, config, options);
  auto [client, server, header] = open();
  expect_conversation(client, server);
  const auto peer = client.local();
  client.close();
  server.receive_until_eof();
  server.close();
  const auto record = gateway->log().wait_for_record(
      [&](const Record& candidate) { return candidate.text("peer_addr") == to_string(peer); });
  EXPECT_EQ(record.text("path"), "relay") << record;
  auto said = gateway->process().errors();
  std::transform(said.begin(), said.end(), said.begin(), [](unsigned char c) { return std::tolower(c); });
  EXPECT_TRUE(said.find("cap_") != std::string::npos || said.find("root") != std::string::npos ||
              said.find("privilege") != std::string::npos)
      << "not a word on what is missing:\n"
      << said;
}

INSTANTIATE_TEST_SUITE_P(Path, Lifecycle, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
