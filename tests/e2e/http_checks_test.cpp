// Health checks that ask nginx for a path: an endpoint serves as long as its own word is good.
#include <filesystem>

#include "e2e/receivers.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

// /healthz is well as long as there is a file of that name.
std::string site(const std::string& address, const std::string& options, const std::filesystem::path& folder) {
  return "server { listen " + address + options + "; root " + folder.string() +
         "; location = /healthz { if (!-f $document_root/healthy) { return 503; } return 200; }"
         " location / { return 200 \"$server_port\"; } }\n";
}

const CurlRequest kHome{.url = "http://203.0.113.1:7000/"};

class HttpChecks : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    if (!IsSkipped()) sick_.give_to(kNobody);
    set_well(true);
  }

  // Of the endpoint at port 8081; the other one is always well.
  void set_well(bool well) {
    if (well) {
      sick_.write("healthy", "");
    } else {
      std::filesystem::remove(sick_.path() / "healthy");
    }
    well_.write("healthy", "");
  }

  void start_edge_to(const std::string& endpoints, const std::string& settings) {
    start_gateway_with(
        "listeners: [{ name: in, bind: '203.0.113.1:7000', route: { backend: web } }]\n"
        "backends:\n"
        "  web:\n"
        "    endpoints: " +
        endpoints + "\n    health: { interval: 100ms, timeout: 2s, rise: 2, fall: 2, path: /healthz }\n    " +
        settings + "\n");
  }

  bool logged(const std::string& part) {
    return eventually([&] { return gateway->process().errors().find(part) != std::string::npos; }, kDeadline);
  }

  // The port of the endpoint that a visitor reached; empty: none.
  std::string visit() {
    const auto response = curl(net->client, kHome);
    return response.exit == 0 ? response.body : std::string();
  }

  TemporaryDirectory sick_;
  TemporaryDirectory well_;
};

TEST_P(HttpChecks, TakeAnEndpointDownThatSaysSoAndBackWhenItIsWell) {
  const Nginx nginx(net->backend,
                    {.http = site("10.77.0.2:8081", "", sick_.path()) + site("10.77.0.2:8082", "", well_.path())});
  start_edge_to("['10.77.0.2:8081', '10.77.0.2:8082']", "identity: none");
  EXPECT_TRUE(eventually([&] { return visit() == "8081"; }, kDeadline));
  set_well(false);
  EXPECT_TRUE(logged("10.77.0.2:8081 is down: its health checks fail: answered 503 to GET /healthz"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(visit(), "8082");
  set_well(true);
  EXPECT_TRUE(logged("10.77.0.2:8081 is up again"));
  EXPECT_TRUE(eventually([&] { return visit() == "8081"; }, kDeadline));
}

TEST_P(HttpChecks, AskBehindAHeaderWhereConnectionsHaveOne) {
  const Nginx nginx(net->backend, {.http = site("10.77.0.2:8081", " proxy_protocol", sick_.path())});
  start_edge_to("['10.77.0.2:8081']", "profile: nginx");
  EXPECT_EQ(visit(), "8081");
  set_well(false);
  EXPECT_TRUE(logged("10.77.0.2:8081 is down: its health checks fail: answered 503 to GET /healthz"));
  EXPECT_EQ(visit(), "");
  set_well(true);
  EXPECT_TRUE(logged("10.77.0.2:8081 is up again"));
  EXPECT_EQ(visit(), "8081");
}

TEST_P(HttpChecks, SayWhatAReceiverOfHeadersMadeOfARequestWithoutOne) {
  const Nginx nginx(net->backend, {.http = site("10.77.0.2:8081", " proxy_protocol", sick_.path())});
  start_edge_to("['10.77.0.2:8081']", "");
  EXPECT_TRUE(logged("10.77.0.2:8081 is down: its health checks fail: "));
  EXPECT_EQ(visit(), "");
}

INSTANTIATE_TEST_SUITE_P(Path, HttpChecks, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
