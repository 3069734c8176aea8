#include "e2e/edge_to_production.h"

namespace realpeer::testing {

void EdgeToProduction::SetUp() {
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

void EdgeToProduction::start_both(const std::string& inner) {
  start_gateway_with(R"(
listeners:
  - name: https
    bind: "203.0.113.1:443"
    accept_proxy: off
    route: { sni: { "*.example.com": production }, default: reject }
backends:
  production: { endpoints: ["10.100.0.10:443"], profile: haproxy, send_tlvs: [authority, unique_id] }
)");
  GatewayConfig document;
  document.node = unique_node();
  document.datapath = GetParam();
  document.text = inner;
  production = std::make_unique<Daemon>(REALPEER_BINARY, document, ProcessOptions{.netns = &net->backend});
}

Record EdgeToProduction::at_production(const Endpoint& client) {
  return production->log().wait_for_record(
      [address = to_string(client)](const Record& record) { return record.text("client_addr") == address; });
}

}  // namespace realpeer::testing
