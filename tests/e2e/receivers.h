// What the tests with real receivers stand on: the chain, with servers of the distribution's in its namespaces.
#pragma once

#include <string>

#include "e2e/chain.h"
#include "harness/curl.h"

namespace realpeer::testing {

class Receivers : public Chain {
 protected:
  // Real clients connect to the gateway as they are, and the receiver at `endpoint` is told by `identity`.
  void start_edge(const std::string& endpoint, const std::string& identity) {
    config.accept_proxy = "off";
    config.endpoints = {endpoint};
    config.identity = identity;
    start_gateway();
  }

  // The gateway as this document says, `node` and `datapath` aside.
  void start_gateway_with(const std::string& document) {
    config.text = document;
    start_gateway();
  }

  // One request of a client's; fails the test when there is no good answer.
  CurlResponse get(const CurlRequest& request) {
    auto response = curl(net->client, request);
    EXPECT_EQ(response.exit, 0) << response.errors;
    EXPECT_EQ(response.status, 200) << response.body;
    return response;
  }
};

}  // namespace realpeer::testing
