// The worked example: client — edge — overlay peer that masquerades — production — two web servers, with TLS from end
// to end and a certificate that the last one alone holds.
#include "e2e/edge_to_production.h"
#include "harness/certificates.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

const std::string kByName = R"(
listeners:
  - name: https
    bind: "10.100.0.10:443"
    accept_proxy: strict
    trusted_cidrs: [10.100.0.9/32]
    route: { sni: { git.example.com: git, web.example.com: web }, default: reject }
backends:
  git: { endpoints: ["10.77.0.2:8443"], profile: nginx }
  web: { endpoints: ["10.77.0.2:8444"], profile: nginx }
)";

TEST_P(EdgeToProduction, TheLastServerLogsTheClientByEachName) {
  const Certificates certificates;
  const Nginx nginx(net->backend, {.http = "ssl_certificate " + certificates.certificate().string() +
                                           ";\nssl_certificate_key " + certificates.key().string() + R"(;
      server { listen 10.77.0.2:8443 ssl proxy_protocol; return 200 "git for $proxy_protocol_addr"; }
      server { listen 10.77.0.2:8444 ssl proxy_protocol; return 200 "web for $proxy_protocol_addr"; })"});
  start_both(kByName);
  for (const std::string name : {"git", "web"}) {
    const auto response = get({.url = "https://" + name + ".example.com/",
                               .resolve = name + ".example.com:443:203.0.113.1",
                               .authority = certificates.authority()});
    EXPECT_EQ(response.body, name + " for 203.0.113.42");
    const auto logged = nginx.http_log().wait_for_record(
        [&](const Record& record) { return record.text("host") == name + ".example.com"; });
    EXPECT_EQ(logged.text("proxy_protocol_addr"), "203.0.113.42") << logged;

    const auto at_edge = record_of(response.client);
    const auto inner = at_production(response.client);
    EXPECT_TRUE(inner.text("peer_addr").starts_with("10.100.0.9:")) << inner;
    EXPECT_EQ(inner.text("backend"), name) << inner;
    EXPECT_EQ(inner.text("sni"), name + ".example.com") << inner;
    EXPECT_EQ(inner.text("unique_id"), at_edge.text("unique_id")) << "one id along the chain";
  }
  const auto other = curl(net->client, {.url = "https://other.example.com/",
                                        .resolve = "other.example.com:443:203.0.113.1",
                                        .authority = certificates.authority()});
  EXPECT_NE(other.exit, 0);
  const auto refused =
      production->log().wait_for_record([](const Record& record) { return record.text("reason") == "no_route"; });
  EXPECT_TRUE(refused.text("client_addr").starts_with("203.0.113.42:")) << refused;
}

INSTANTIATE_TEST_SUITE_P(Path, EdgeToProduction, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
