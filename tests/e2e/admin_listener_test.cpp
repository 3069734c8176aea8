// What the daemon tells about itself: health, readiness and metrics, by an address or a socket.
#include <csignal>
#include <filesystem>

#include "e2e/chain.h"
#include "harness/curl.h"
#include "harness/issued.h"

namespace realpeer::testing {
namespace {

class AdminListener : public Chain {
 protected:
  // The gateway of the other tests, and its admin listener at `bind`.
  void start_with_admin(const std::string& bind) {
    config.text = GatewayConfig(config).yaml() + "admin: { bind: '" + bind + "' }\n";
    // Both stand before the text.
    config.text.erase(0, config.text.find("log:"));
    start();
  }
  CurlResponse ask_admin(const std::string& path, std::vector<std::string> options = {}) {
    return curl(net->gateway, {.url = "http://127.0.0.1:9901" + path, .options = std::move(options)});
  }
  CurlResponse ask_socket(const std::string& path) {
    return curl(net->gateway, {.url = "http://realpeer" + path, .options = {"--unix-socket", socket_}});
  }
  // The value of a sample; nothing when there is none.
  std::optional<double> metric(const std::string& sample) {
    const std::string body = "\n" + ask_admin("/metrics").body;
    const auto at = body.find("\n" + sample + " ");
    if (at == std::string::npos) return std::nullopt;
    return std::stod(body.substr(at + sample.size() + 2));
  }
  // What the program says that must not start.
  [[nodiscard]] Finished refused() const {
    const TemporaryDirectory directory;
    const auto path = directory.write("c.yaml", "node: " + unique_node() + "\ndatapath: relay\n" + config.text);
    return run({REALPEER_BINARY, "run", "--config", path.string()}, {.netns = &net->gateway});
  }

  const TemporaryDirectory folder_{};
  const std::string socket_ = (folder_.path() / "admin.sock").string();
};

TEST_P(AdminListener, AnswersOnALoopbackAddress) {
  start_with_admin("127.0.0.1:9901");
  const auto healthy = ask_admin("/healthz");
  EXPECT_EQ(healthy.status, 200) << healthy.errors;
  EXPECT_EQ(healthy.body, "ok\n");
  const auto ready = ask_admin("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, "ready\n");
  EXPECT_EQ(ask_admin("/healthz", {"--head"}).status, 200);
  EXPECT_EQ(ask_admin("/healthz", {"--data", "text"}).status, 405);
  EXPECT_EQ(ask_admin("/health").status, 404);
  const auto metrics = ask_admin("/metrics", {"--include"});
  EXPECT_NE(metrics.body.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), std::string::npos);
  EXPECT_NE(metrics.body.find("\nrealpeer_build_info{version=\""), std::string::npos) << metrics.body;
  EXPECT_EQ(metrics.body.find("certificate_expiry_seconds"), std::string::npos);
}

TEST_P(AdminListener, CountsWhatAConnectionDoes) {
  start_with_admin("127.0.0.1:9901");
  auto [client, server, header] = open();
  expect_conversation(client, server);
  const auto sum = [this](const std::string& name, const std::string& labels) {
    double all = 0;
    for (const std::string path : {"relay", "sockmap"}) {
      all += metric(name + "{listener=\"in-0\"," + labels + "path=\"" + path + "\"}").value_or(0);
    }
    return all;
  };
  EXPECT_EQ(metric("realpeer_connections_total{listener=\"in-0\"}"), 1);
  EXPECT_EQ(metric("realpeer_proxy_headers_total{listener=\"in-0\",version=\"v2\",result=\"accepted\"}"), 1);
  EXPECT_EQ(metric("realpeer_backend_connect_seconds_count"), 1);
  EXPECT_EQ(metric("realpeer_backend_up{backend=\"app\",endpoint=\"10.77.0.2:9000\"}"), 1);
  EXPECT_EQ(sum("realpeer_connections_active", ""), 1);
  EXPECT_GT(metric("process_open_fds"), 0);
  // Bytes under way are counted as they go.
  EXPECT_TRUE(eventually([&] { return sum("realpeer_bytes_total", "direction=\"in\",") == kAsked; }, kSoon));
  client.close();
  server.close();
  EXPECT_TRUE(eventually([&] { return sum("realpeer_connections_active", "") == 0; }, kSoon));
  EXPECT_EQ(sum("realpeer_bytes_total", "direction=\"in\","), kAsked);
  EXPECT_EQ(sum("realpeer_bytes_total", "direction=\"out\","), kAnswered);
}

TEST_P(AdminListener, CountsRefusalsByReason) {
  start_with_admin("127.0.0.1:9901");
  Socket client = connect();
  client.send_all("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(eventually(
      [&] { return metric("realpeer_rejected_total{listener=\"in-0\",reason=\"header_missing\"}") == 1; }, kSoon));
  EXPECT_EQ(metric("realpeer_proxy_headers_total{listener=\"in-0\",version=\"unknown\",result=\"rejected\"}"), 1);
}

TEST_P(AdminListener, SaysThatItIsNotReadyWhileItDrains) {
  start_with_admin("127.0.0.1:9901");
  auto [client, server, header] = open();
  expect_conversation(client, server);
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return ask_admin("/readyz").status == 503; }, kSoon));
  EXPECT_EQ(ask_admin("/readyz").body, "draining\n");
  EXPECT_EQ(ask_admin("/healthz").status, 200);
  client.close();
  server.close();
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
}

TEST_P(AdminListener, AnswersOnASocketOfItsOwnersAlone) {
  start_with_admin("unix:" + socket_);
  const auto ready = ask_socket("/readyz");
  EXPECT_EQ(ready.body, "ready\n") << ready.errors;
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(socket_).permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_FALSE(std::filesystem::exists(socket_));
}

TEST_P(AdminListener, ReplacesTheSocketOfAKilledDaemonAndNotThatOfALivingOne) {
  start_with_admin("unix:" + socket_);
  gateway->process().signal(SIGKILL);
  ASSERT_TRUE(gateway->process().wait(kSoon).has_value());
  ASSERT_TRUE(std::filesystem::exists(socket_));
  start_gateway();
  EXPECT_EQ(ask_socket("/readyz").body, "ready\n");
  // Another daemon, on another port.
  config.text.replace(config.text.find(":7000"), 5, ":7001");
  const auto second = refused();
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.errors.find("admin cannot listen on unix:" + socket_ +
                               ": another daemon listens there: stop it, or name another path"),
            std::string::npos)
      << second.errors;
  EXPECT_EQ(ask_socket("/readyz").body, "ready\n");
}

TEST_P(AdminListener, IsRefusedWhereOthersReachIt) {
  config.text =
      "listeners: [{ name: a, bind: '203.0.113.1:7000', route: { backend: b } }]\n"
      "backends: { b: { endpoints: ['10.77.0.2:9000'] } }\n"
      "admin: { bind: '0.0.0.0:9901' }\n";
  const auto done = refused();
  EXPECT_EQ(done.code, 2);
  EXPECT_NE(done.errors.find(":5: error: admin.bind: '0.0.0.0:9901' can be reached by others"), std::string::npos)
      << done.errors;
}

// Certificates in a folder of the test's, and a listener that ends TLS with them.
class AdminListenerWithTls : public AdminListener {
 protected:
  void write_certificate(std::chrono::hours expires_in) const {
    const auto issued = issue({.names = {"DNS:git.example.com"}, .expires_in = expires_in});
    folder_.write("git.pem", issued.certificate);
    folder_.write("git.key", issued.key);
  }
  void start_tls() {
    const std::string files =
        "certificate: " + (folder_.path() / "git.pem").string() + ", key: " + (folder_.path() / "git.key").string();
    config.text = "listeners: [{ name: https, bind: '203.0.113.1:7000', tls: { " + files +
                  " }, route: { http: [{ backend: web }] } }]\n"
                  "backends: { web: { endpoints: ['10.77.0.2:9000'], identity: xff } }\n"
                  "admin: { bind: 127.0.0.1:9901 }\n";
    start_gateway();
  }
  double days() {
    return metric(R"(realpeer_certificate_expiry_seconds{listener="https",file=")" +
                  (folder_.path() / "git.pem").string() + "\"}")
               .value_or(0) /
           86'400;
  }
  std::optional<double> reloads(const std::string& result) {
    return metric(R"(realpeer_config_reloads_total{result=")" + result + "\"}");
  }
};

TEST_P(AdminListenerWithTls, TellsWhatBecameOfCertificatesThatWereReadAgain) {
  write_certificate(std::chrono::hours(24 * 40));
  start_tls();
  EXPECT_NEAR(days(), 40, 0.1);
  EXPECT_EQ(reloads("applied"), 0);
  folder_.write("git.key", "no key");
  gateway->process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return reloads("refused") == 1; }, kSoon));
  EXPECT_NEAR(days(), 40, 0.1);
  EXPECT_NE(gateway->process().errors().find("not reloaded: all goes on as before"), std::string::npos)
      << gateway->process().errors();
  write_certificate(std::chrono::hours(-24));
  gateway->process().signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return reloads("applied") == 1; }, kSoon));
  EXPECT_NEAR(days(), -1, 0.1);
  EXPECT_EQ(reloads("refused"), 1);
}

TEST_P(AdminListenerWithTls, DoesNotStartWithoutItsCertificates) {
  config.text =
      "listeners:\n"
      "- name: https\n"
      "  bind: 203.0.113.1:7000\n"
      "  tls: { certificate: none.pem, key: none.key }\n"
      "  route: { http: [{ backend: web }] }\n"
      "backends: { web: { endpoints: ['10.77.0.2:9000'], identity: xff } }\n";
  const auto done = refused();
  EXPECT_EQ(done.code, 2);
  EXPECT_NE(done.errors.find("c.yaml:6: error: certificate '"), std::string::npos) << done.errors;
}

INSTANTIATE_TEST_SUITE_P(Path, AdminListener, ::testing::Values("relay"), path_name);
INSTANTIATE_TEST_SUITE_P(Path, AdminListenerWithTls, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
