// The worked example: client — edge — overlay peer that masquerades — production — two web servers, with TLS from end
// to end and a certificate that the last one alone holds.
#include "e2e/receivers.h"
#include "harness/certificates.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

// 203.0.113.1 edge 100.64.0.1 — 100.64.0.2 overlay 10.100.0.9 — 10.100.0.10 production. The edge is the topology's
// gateway, and production stands where its backend does.
class EdgeToProduction : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    if (IsSkipped()) return;
    overlay.emplace(net->backend.name() + "-o");
    in_netns(*overlay, [&] {
      ip_batch(
          "link add up0 type veth peer name mid0 netns " + net->gateway.name() +
          "\nlink add lan0 type veth peer name prod0 netns " + net->backend.name() +
          "\naddress add 100.64.0.2/30 dev up0\naddress add 10.100.0.9/24 dev lan0\nlink set up0 up\nlink set lan0 up");
    });
    in_netns(net->gateway, [] {
      ip_batch("address add 100.64.0.1/30 dev mid0\nlink set mid0 up\nroute add 10.100.0.0/24 via 100.64.0.2");
    });
    in_netns(net->backend, [] { ip_batch("address add 10.100.0.10/24 dev prod0\nlink set prod0 up"); });
    const auto forwards = run({"/usr/sbin/sysctl", "-qw", "net.ipv4.ip_forward=1"}, {.netns = &*overlay});
    ASSERT_EQ(forwards.code, 0) << forwards.errors;
    const auto masquerades = run(
        {"/usr/sbin/nft",
         "table ip nat { chain leaving { type nat hook postrouting priority srcnat; oifname \"lan0\" masquerade; }; }"},
        {.netns = &*overlay});
    ASSERT_EQ(masquerades.code, 0) << masquerades.errors;
  }

  void start_both() {
    start_gateway_with(R"(
listeners:
  - name: https
    bind: "203.0.113.1:443"
    accept_proxy: off
    route: { sni: { "*.example.com": production }, default: reject }
backends:
  production: { endpoints: ["10.100.0.10:443"], profile: haproxy, send_tlvs: [authority, unique_id] }
)");
    GatewayConfig inner;
    inner.node = unique_node();
    inner.datapath = GetParam();
    inner.text = R"(
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
    production = std::make_unique<Daemon>(REALPEER_BINARY, inner, ProcessOptions{.netns = &net->backend});
  }

  std::optional<Netns> overlay;
  std::unique_ptr<Daemon> production;
};

TEST_P(EdgeToProduction, TheLastServerLogsTheClientByEachName) {
  const Certificates certificates;
  const Nginx nginx(net->backend, {.http = "ssl_certificate " + certificates.certificate().string() +
                                           ";\nssl_certificate_key " + certificates.key().string() + R"(;
      server { listen 10.77.0.2:8443 ssl proxy_protocol; return 200 "git for $proxy_protocol_addr"; }
      server { listen 10.77.0.2:8444 ssl proxy_protocol; return 200 "web for $proxy_protocol_addr"; })"});
  start_both();
  for (const std::string name : {"git", "web"}) {
    const auto response = get({.url = "https://" + name + ".example.com/",
                               .resolve = name + ".example.com:443:203.0.113.1",
                               .authority = certificates.authority()});
    EXPECT_EQ(response.body, name + " for 203.0.113.42");
    const auto logged = nginx.http_log().wait_for_record(
        [&](const Record& record) { return record.text("host") == name + ".example.com"; });
    EXPECT_EQ(logged.text("proxy_protocol_addr"), "203.0.113.42") << logged;

    const auto at_edge = record_of(response.client);
    const auto at_production = production->log().wait_for_record(
        [&](const Record& record) { return record.text("client_addr") == to_string(response.client); });
    EXPECT_TRUE(at_production.text("peer_addr").starts_with("10.100.0.9:")) << at_production;
    EXPECT_EQ(at_production.text("backend"), name) << at_production;
    EXPECT_EQ(at_production.text("sni"), name + ".example.com") << at_production;
    EXPECT_EQ(at_production.text("unique_id"), at_edge.text("unique_id")) << "one id along the chain";
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
