// A gateway that is reloaded, or replaced by another process, while it serves.
#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "e2e/chain.h"
#include "harness/traffic.h"

namespace realpeer::testing {

class SuccessionChain : public Chain {
 protected:
  void TearDown() override {
    // Whoever took over is no child of ours.
    if (gateway != nullptr) {
      EXPECT_TRUE(gateway->stop_all()) << gateway->process().errors();
    }
    Chain::TearDown();
  }
  Finished ask_gateway(const std::string& command) const {
    return run({REALPEER_BINARY, command, "--runtime_dir", gateway->runtime_directory().string()},
               {.netns = &net->gateway});
  }
  void expect_done(const std::string& command) const {
    const auto finished = ask_gateway(command);
    EXPECT_EQ(finished.code, 0) << finished.output << finished.errors << gateway->process().errors();
  }
  // The document of the configuration as `change` makes it.
  template <typename Change>
  [[nodiscard]] std::string changed(Change change) const {
    GatewayConfig other = config;
    change(other);
    return other.yaml();
  }
  // A connection to this listener of the gateway, from the trusted address, works.
  void expect_served(const Endpoint& at) {
    Socket client = testing::connect(net->client, at, {.from = endpoint("203.0.113.42:0")});
    client.send_all(proxy_v2(kClaimed, kDialled));
    Socket server = backend->accept();
    EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
    expect_conversation(client, server);
  }
  void expect_closed(const Endpoint& at) {
    try {
      testing::connect(net->client, at);
      ADD_FAILURE() << "somebody listens at " << to_string(at);
    } catch (const std::system_error& failure) {
      EXPECT_EQ(failure.code(), std::errc::connection_refused) << failure.what();
    }
  }
  // Connections to this listener, made while nobody accepts any: the gateway's process is stopped. They have said whose
  // they are.
  std::vector<Socket> connect_to_stopped(const Endpoint& at) {
    ::kill(gateway->process().pid(), SIGSTOP);
    std::vector<Socket> queued;
    for (int i = 0; i < 20; ++i) {
      queued.push_back(testing::connect(net->client, at, {.from = endpoint("203.0.113.42:0")}));
      queued.back().send_all(proxy_v2(kClaimed, kDialled));
    }
    return queued;
  }
  void go_on() const { ::kill(gateway->process().pid(), SIGCONT); }
  // Each of them reaches the backend, in whatever order they are accepted.
  void expect_served(std::vector<Socket>& queued) {
    std::vector<Socket> servers;
    for (std::size_t i = 0; i < queued.size(); ++i) {
      servers.push_back(backend->accept());
      read_proxy_v2(servers.back());
      servers.back().send_all("answer");
    }
    for (auto& client : queued) EXPECT_EQ(client.receive_exactly(kAnswered), "answer");
  }
  // What is under load: echo without a header.
  void start_for_traffic() {
    config.accept_proxy = "off";
    config.identity = "none";
    config.drain_timeout = "10m";
    start_gateway();
  }
  [[nodiscard]] TrafficPlan plan() const {
    return {.clients = &net->client,
            .gateway = endpoint("203.0.113.1:7000"),
            .server = &net->backend,
            .backend = endpoint("10.77.0.2:9000")};
  }
};

inline const Endpoint kFirst = endpoint("203.0.113.1:7000");
inline const Endpoint kSecond = endpoint("203.0.113.1:7001");

}  // namespace realpeer::testing
