// What the tests of `identity: peername` stand on: the chain, where no header goes to the backend.
#pragma once

#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "e2e/receivers.h"
#include "harness/one_relay.h"

namespace realpeer::testing {

// Whom the gateway's own socket is seen as, where a client is not named.
inline constexpr const char* kGatewaysAddress = "10.77.0.1";

inline const Endpoint kDialled6 = endpoint("[2001:db8::10]:443");

// The two ends of a connection through the gateway, and what the kernel called the backend's as it was accepted.
struct Met {
  Socket client;
  Socket server;
  Endpoint seen;
};

class Peername : public Receivers {
 protected:
  // A trusted peer claims the clients, and the backend at `endpoint` is told by the kernel.
  void start_naming(const std::string& endpoint = "10.77.0.2:9000") {
    config.endpoints = {endpoint};
    config.identity = "peername";
    start_gateway();
  }
  // The same behind it: a listener of the test's own, `at` its endpoint or where that one leads to.
  void listen_and_start(const Netns& netns, const std::string& at, const std::string& endpoint) {
    backend.emplace(netns, testing::endpoint(at));
    start_naming(endpoint);
  }

  Socket connect_as(const Endpoint& claimed) {
    Socket client = connect();
    client.send_all(proxy_v2(claimed, claimed.address().is_v6() ? kDialled6 : kDialled));
    return client;
  }
  // Where a program connects to, once, that is to come as this client.
  OneRelay as_client(const Endpoint& claimed) {
    return {net->client, testing::endpoint("203.0.113.42:0"), [this, claimed] { return connect_as(claimed); }};
  }

  // A client that the backend's listener has taken, after a conversation: no header was in the way.
  Met meet(const Endpoint& claimed) {
    Socket client = connect_as(claimed);
    Socket server = backend->accept();
    const auto seen = server.remote();
    expect_conversation(client, server);
    return {std::move(client), std::move(server), seen};
  }

  // Ends it, and expects that the access log says whether the backend was told.
  void end(Met met, bool delivered, std::uint64_t in = kAsked, std::uint64_t out = kAnswered) {
    const auto peer = met.client.local();
    met.client.close();
    EXPECT_EQ(met.server.receive_until_eof(), "");
    met.server.close();
    const auto record = expect_record(peer, "closed", in, out);
    EXPECT_EQ(record.text("identity"), "peername") << record;
    EXPECT_EQ(record.fields().at("identity_delivered"), delivered) << record;
  }

  void expect_told(const Endpoint& claimed) {
    auto met = meet(claimed);
    EXPECT_EQ(met.seen, claimed);
    end(std::move(met), true);
  }
  void expect_not_told(const Endpoint& claimed, const std::string& instead = kGatewaysAddress) {
    auto met = meet(claimed);
    EXPECT_EQ(met.seen.address().to_string(), instead);
    end(std::move(met), false);
  }

  // A rule of NAT in the gateway's namespace, between it and the backend.
  void nft(const std::string& hook, const std::string& rule) const {
    const TemporaryDirectory directory;
    const auto file =
        directory.write("rules", "table ip nat {\n chain nat {\n type nat hook " + hook + ";\n " + rule + "\n }\n}\n");
    const auto done = run({"/usr/sbin/nft", "-f", file}, {.netns = &net->gateway});
    ASSERT_EQ(done.code, 0) << done.errors;
  }

  // Every line of the daemon's log that says that a backend was not told.
  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> found;
    std::istringstream lines(gateway->process().errors());
    for (std::string line; std::getline(lines, line);) {
      if (line.find("identity: peername was not delivered") != std::string::npos) found.push_back(line);
    }
    return found;
  }
};

}  // namespace realpeer::testing
