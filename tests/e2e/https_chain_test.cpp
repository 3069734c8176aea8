// The other half of the worked example: production ends TLS, and tells web servers the client of each request.
#include "e2e/edge_to_production.h"
#include "e2e/http.h"
#include "harness/certificates.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class HttpsChain : public EdgeToProduction {
 protected:
  void start_chain() {
    start_both(R"(
listeners:
  - name: https
    bind: "10.100.0.10:443"
    accept_proxy: strict
    trusted_cidrs: [10.100.0.9/32]
    tls: { certificate: )" +
               certificates.certificate().string() + ", key: " + certificates.key().string() + R"( }
    route:
      http:
        - { host: git.example.com, backend: git }
        - { host: "*.example.com", path: /api, backend: web }
backends:
  git: { endpoints: ["10.77.0.2:8080"], identity: xff, forwarded: on }
  web: { endpoints: ["10.77.0.2:8081"], identity: proxy-v2, profile: nginx }
)");
  }
  CurlResponse visit(const std::string& name, const std::string& path) {
    return curl(net->client, {.url = "https://" + name + ".example.com" + path,
                              .resolve = name + ".example.com:443:203.0.113.1",
                              .authority = certificates.authority(),
                              .options = {"--header", "X-Forwarded-For: 198.51.100.99"}});
  }

  const Certificates certificates;
};

TEST_P(HttpsChain, TheLastServerLogsTheClientOfEachRequest) {
  const Nginx nginx(net->backend, {.http = R"(
      server { listen 10.77.0.2:8080; return 200 "git $http_x_forwarded_for $http_x_forwarded_proto $http_forwarded"; }
      server { listen 10.77.0.2:8081 proxy_protocol; return 200 "web $proxy_protocol_addr $http_x_forwarded_for"; })"});
  start_chain();
  const auto git = visit("git", "/git");
  EXPECT_EQ(git.body, "git 203.0.113.42 https for=203.0.113.42;host=\"git.example.com\";proto=https") << git.errors;
  EXPECT_EQ(visit("web", "/api").body, "web 203.0.113.42 203.0.113.42");
  EXPECT_EQ(visit("web", "/").status, 404);

  const auto logged =
      nginx.http_log().wait_for_record([](const Record& record) { return record.text("host") == "git.example.com"; });
  EXPECT_EQ(logged.text("x_forwarded_for"), "203.0.113.42") << logged;
  EXPECT_EQ(logged.text("x_real_ip"), "203.0.113.42") << logged;
  const auto inner = at_production(git.client);
  EXPECT_TRUE(inner.text("peer_addr").starts_with("10.100.0.9:")) << inner;
  EXPECT_EQ(inner.text("client_source"), "proxy-v2") << inner;
  EXPECT_EQ(inner.text("identity"), "xff") << inner;
  EXPECT_EQ(inner.text("unique_id"), record_of(git.client).text("unique_id")) << "one id along the chain";
}

INSTANTIATE_TEST_SUITE_P(Path, HttpsChain, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
