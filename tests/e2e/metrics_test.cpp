// What Prometheus gets from a daemon that does everything at once.
#include <filesystem>
#include <regex>

#include "e2e/https.h"
#include "harness/promql.h"

namespace realpeer::testing {
namespace {

const std::filesystem::path kDeploy =
    std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "scripts" / "deploy";

class Metrics : public Https {
 protected:
  // Listeners that take headers, requests over TLS, and clients that backends are told by the kernel; and admission.
  void start_everything() {
    files.write("authority.pem", authority.certificate);
    write_certificate("git", {"git.example.com"});
    const auto pair = (files.path() / "git").string();
    config.text =
        "admin: { bind: 127.0.0.1:9901 }\n"
        "admission: { interfaces: [wan0] }\n"
        "listeners:\n"
        "- { name: ssh, bind: '203.0.113.1:7000', accept_proxy: strict, trusted_cidrs: [203.0.113.42], "
        "route: { backend: ssh } }\n"
        "- { name: https, bind: '203.0.113.1:8000', tls: { certificate: " +
        pair + ".pem, key: " + pair +
        ".key }, route: { http: [{ path: /web, backend: web }] } }\n"
        "backends:\n"
        "  ssh: { endpoints: ['10.77.0.2:9001'], identity: peername }\n"
        "  web: { endpoints: ['10.77.0.2:9000', '10.77.0.2:9009'], identity: xff }\n";
    app = std::make_unique<HttpBackend>(net->backend, kApp);
    backend.emplace(net->backend, endpoint("10.77.0.2:9001"));
    start_gateway();
  }

  // A conversation, three refusals, and requests of which one finds no rule.
  void do_everything() {
    Socket client = connect();
    const auto peer = client.local();
    client.send_all(proxy_v2(kClaimed, kDialled));
    Socket server = backend->accept();
    expect_conversation(client, server);
    for (const auto& from : {endpoint("203.0.113.42:0"), endpoint("203.0.113.42:0"), kStranger}) {
      Socket refused = connect({.from = from});
      if (from != kStranger) refused.send_all("GET / HTTP/1.1\r\n\r\n");
      EXPECT_NE(refused.ending(kSoon).end, End::deadline);
    }
    EXPECT_EQ(curl_to("git.example.com", "/web").status, 200);
    EXPECT_EQ(curl_to("git.example.com", "/other").status, 404);
    client.close();
    server.receive_until_eof();
    server.close();
    record_of(peer);
    record_of_request("/other");
  }

  std::string scrape() {
    const auto answer = curl(net->gateway, {.url = "http://127.0.0.1:9901/metrics"});
    EXPECT_EQ(answer.status, 200) << answer.errors;
    return answer.body;
  }
  // What it has to complain of.
  [[nodiscard]] std::string lint(const std::string& metrics) const {
    const auto file = files.write("metrics", metrics);
    const auto done = run({"/bin/sh", "-c", "/usr/bin/promtool check metrics < " + file.string()});
    return done.output + done.errors + (done.code == 0 ? "" : "exit code " + std::to_string(done.code));
  }
};

TEST_P(Metrics, PassTheLinterOfPrometheus) {
  start_everything();
  EXPECT_EQ(lint(scrape()), "") << "before any connection";
  do_everything();
  EXPECT_EQ(lint(scrape()), "");
}

// The names alone: which labels they have, and which values, is held by tests/unit/admin/watching_test.cpp.
TEST_P(Metrics, HaveEveryNameThatAlertsAndDashboardSpeakOf) {
  start_everything();
  do_everything();
  const auto told = read_exposition(scrape());
  for (const auto* file : {"prometheus/realpeer.rules.yml", "grafana/realpeer.json"}) {
    const std::string text = read_file(kDeploy / file);
    const std::regex name(R"(\b(realpeer|process)_[a-z_]+)");
    std::set<std::string> names;
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) names.insert(at->str());
    EXPECT_GT(names.size(), 10U);
    for (const auto& one : names) EXPECT_TRUE(told.samples.contains(one) || told.typed.contains(one)) << one;
  }
  EXPECT_EQ(told.samples.at("realpeer_rejected_total").at("listener"), (std::set<std::string>{"https", "ssh"}));
}

INSTANTIATE_TEST_SUITE_P(Path, Metrics, ::testing::Values("sockmap"), path_name);

}  // namespace
}  // namespace realpeer::testing
