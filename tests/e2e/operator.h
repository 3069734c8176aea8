// A gateway with an admin listener, and the commands that ask it.
#pragma once

#include <string>
#include <vector>

#include "e2e/chain.h"

namespace realpeer::testing {

class OperatorChain : public Chain {
 protected:
  // The gateway of the other tests, and this of `admin`.
  void start_with_admin(const std::string& admin = "bind: 127.0.0.1:9901") {
    config.text = GatewayConfig(config).yaml() + "admin: { " + admin + " }\n";
    config.text.erase(0, config.text.find("log:"));  // what stands before it is written anyway
    start();
    // A socket answers a moment after the ports.
    const auto ready = [this] { return gateway->process().errors().find(" ready\n") != std::string::npos; };
    EXPECT_TRUE(eventually(ready, kSoon));
  }
  Finished run_realpeer(std::vector<std::string> words, const ProcessOptions& options = {}) const {
    words.insert(words.begin(), REALPEER_BINARY);
    ProcessOptions there = options;
    there.netns = &net->gateway;
    return run(std::move(words), there);
  }
  // A trusted peer that brings no header.
  void be_refused() {
    Socket client = connect();
    client.send_all("GET / HTTP/1.1\r\n\r\n");
    record_of(client.local());
  }
};

}  // namespace realpeer::testing
