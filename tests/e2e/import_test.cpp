// The manifests of the worked example, imported, run its chain.
#include "e2e/edge_to_production.h"
#include "harness/certificates.h"
#include "harness/dns.h"
#include "harness/gitea_receiver.h"
#include "harness/http_backend.h"

namespace realpeer::testing {
namespace {

namespace fs = std::filesystem;

const Endpoint kEdgeSsh = endpoint("203.0.113.1:22");

std::string manifest(const std::string& name) {
  return fs::path(__FILE__).parent_path().parent_path() / "manifests" / name;
}

class Import : public EdgeToProduction {
 protected:
  void SetUp() override {
    EdgeToProduction::SetUp();
    if (IsSkipped()) return;
    const fs::path secret = files.path() / "gitea" / "wildcard-example-com";
    fs::create_directories(secret);
    fs::copy_file(certificates.certificate(), secret / "tls.crt");
    fs::copy_file(certificates.key(), secret / "tls.key");
    // The cluster's names, as its pods resolve them.
    dns = in_netns(net->backend, [] { return std::make_unique<DnsServer>("127.0.0.1", std::uint16_t{53}); });
    for (const std::string service : {"gitea-http", "gitea-ssh"}) {
      dns->set(service + ".gitea.svc.cluster.local", {.records = {{"10.77.0.2"}}});
    }
  }

  // The configuration, in which `realpeer check` finds no error.
  [[nodiscard]] std::string imported(const std::vector<std::string>& words) const {
    std::vector<std::string> command{REALPEER_BINARY, "import"};
    command.insert(command.end(), words.begin(), words.end());
    const auto finished = run(command);
    EXPECT_EQ(finished.code, 0) << finished.errors;
    const auto checked = run({REALPEER_BINARY, "check", "--config", files.write("realpeer.yaml", finished.output)});
    EXPECT_EQ(checked.code, 0) << checked.errors;
    return finished.output;
  }

  void start_imported(const std::vector<std::string>& trust) {
    start_gateway_with(imported({manifest("edge.yaml")}));
    std::vector<std::string> words{manifest("production.yaml"), "--bind_address", "10.100.0.10", "--certificates",
                                   files.path()};
    words.insert(words.end(), trust.begin(), trust.end());
    GatewayConfig document;
    document.node = unique_node();
    document.datapath = GetParam();
    document.text = imported(words);
    ProcessOptions options{.netns = &net->backend};
    options.resolv_conf = files.write("resolv.conf", "nameserver 127.0.0.1\n");
    production = std::make_unique<Daemon>(REALPEER_BINARY, document, options);
  }

  CurlResponse visit() {
    return curl(net->client, {.url = "https://gitea.example.com/",
                              .resolve = "gitea.example.com:443:203.0.113.1",
                              .authority = certificates.authority(),
                              .options = {"--header", "X-Forwarded-For: 198.51.100.99"}});
  }

  const Certificates certificates;
  const TemporaryDirectory files;
  std::unique_ptr<DnsServer> dns;
};

TEST_P(Import, RunsTheChainOfTheWorkedExample) {
  Listener ssh(net->backend, endpoint("10.77.0.2:2222"));
  HttpBackend web(net->backend, endpoint("10.77.0.2:3000"));
  start_imported({"--trusted_cidrs", "10.100.0.9"});

  Socket client = testing::connect(net->client, kEdgeSsh);
  Socket server = ssh.accept();
  const auto verdict = read_as_gitea(server);
  ASSERT_TRUE(verdict.accepted) << verdict.refused;
  EXPECT_EQ(verdict.client, client.local());
  expect_conversation(client, server);

  const auto response = visit();
  EXPECT_EQ(response.status, 200) << response.errors;
  EXPECT_EQ(web.last().field("X-Forwarded-For"), "203.0.113.42");
  const auto inner = at_production(response.client);
  EXPECT_TRUE(inner.text("peer_addr").starts_with("10.100.0.9:")) << inner;
  EXPECT_EQ(inner.text("backend"), "gitea-http") << inner;
}

TEST_P(Import, BelievesNobodyUntilSomebodyIsNamed) {
  HttpBackend web(net->backend, endpoint("10.77.0.2:3000"));
  start_imported({});
  EXPECT_NE(visit().exit, 0);
  const auto refused = production->log().wait_for_record(
      [](const Record& record) { return record.text("reason") == "untrusted_source"; });
  EXPECT_TRUE(refused.text("peer_addr").starts_with("10.100.0.9:")) << refused;
  EXPECT_TRUE(web.untouched());
}

INSTANTIATE_TEST_SUITE_P(Path, Import, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
