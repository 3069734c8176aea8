// The page at / in a real browser, of gateways that have something to show; tests/browser/daemon_check.js looks at it.
#include <gmock/gmock.h>

#include "e2e/chain.h"
#include "harness/curl.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

// A browser starts, and looks at the page in several sizes.
constexpr Duration kLooking{120'000};

class AdminPage : public Chain {
 protected:
  void start_with_admin(const std::string& more = "") {
    config.text =
        "listeners:\n"
        "  - { name: ssh, bind: \"203.0.113.1:7000\", accept_proxy: strict, trusted_cidrs: [203.0.113.42/32],"
        " route: { backend: app } }\n"
        "  - { name: change-over, bind: \"203.0.113.1:7001\", accept_proxy: optional, trusted_cidrs: [203.0.113.42/32],"
        " route: { backend: app } }\n"
        "  - { name: untold-in, bind: \"203.0.113.1:7002\", accept_proxy: off, route: { backend: untold } }\n"
        "backends:\n"
        "  app: { endpoints: ['10.77.0.2:9000'] }\n"
        "  untold: { endpoints: ['10.77.0.2:9000'], identity: none }\n"
        "admin: { bind: 127.0.0.1:9901" +
        more + " }\n";
    start();
  }
  // The script, on its way through the story.
  void look(const std::string& story) {
    looking_ = std::make_unique<Process>(
        std::vector<std::string>{"/usr/bin/env", "REALPEER_BROWSER_PACKAGES=" REALPEER_BROWSER_PACKAGES,
                                 "REALPEER_SCREENSHOTS=" REALPEER_SCREENSHOTS, "node", REALPEER_BROWSER_CHECK, story,
                                 "http://127.0.0.1:9901/"},
        ProcessOptions{.netns = &net->gateway});
  }
  // Whether the script asks for the test's part; it may have failed before.
  bool asks_to(const std::string& line) {
    eventually([&] { return said(line) || !looking_->running(); }, kLooking);
    EXPECT_TRUE(said(line)) << looking_->output() << looking_->errors();
    return said(line);
  }
  void expect_well() {
    EXPECT_EQ(looking_->wait(kLooking), Exit{}) << looking_->output() << looking_->errors();
    EXPECT_TRUE(said("well")) << looking_->output();
  }
  // A conversation by way of another listener.
  std::pair<Socket, Socket> talk_by(const std::string& listener, bool header) {
    Socket client = testing::connect(net->client, endpoint(listener));
    client.send_all("question");
    Socket server = backend->accept();
    if (header) read_proxy_v2(server);
    answer(server);
    EXPECT_EQ(client.receive_exactly(kAnswered), "answer");
    return {std::move(client), std::move(server)};
  }

 private:
  [[nodiscard]] bool said(const std::string& line) const {
    return ("\n" + looking_->output()).find("\n" + line + "\n") != std::string::npos;
  }

  std::unique_ptr<Process> looking_;
};

TEST_P(AdminPage, ShowsConnectionsWhileTheyLive) {
  start_with_admin();
  auto first = open_talking();
  look("connections");
  if (!asks_to("connect")) return;
  Socket client = connect();
  client.send_all(proxy_v2(endpoint("198.51.100.23:41000"), kDialled));
  Socket server = backend->accept();
  read_proxy_v2(server);
  expect_conversation(client, server);
  expect_well();
}

TEST_P(AdminPage, SaysWhichHopLostTheAddress) {
  start_with_admin();
  auto untaught = talk_by("203.0.113.1:7001", true);
  auto untold = talk_by("203.0.113.1:7002", false);
  Socket refused = connect();
  refused.send_all("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(refused.ending().end, End::reset);
  look("lost");
  expect_well();
}

TEST_P(AdminPage, GoesOnWithTheNextDaemon) {
  start_with_admin();
  look("restart");
  if (!asks_to("stop")) return;
  EXPECT_EQ(gateway->stop(), Exit{});
  if (!asks_to("start")) return;
  start_gateway();
  expect_well();
}

TEST_P(AdminPage, AsksForTheToken) {
  const TemporaryDirectory folder;
  const auto token = folder.write("token", "0123456789abcdef0123456789abcdef\n");
  start_with_admin(", token_file: " + token.string());
  look("token");
  expect_well();
}

TEST_P(AdminPage, MayDoNothingThatItsHeadersDoNotAllow) {
  start_with_admin();
  const auto page = curl(net->gateway, {.url = "http://127.0.0.1:9901/", .options = {"--include"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(page.body, HasSubstr("\r\nContent-Security-Policy: default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page.body, HasSubstr("; frame-ancestors 'none'\r\n"));
  EXPECT_THAT(page.body, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(page.body, HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"));
}

INSTANTIATE_TEST_SUITE_P(Path, AdminPage, ::testing::Values("sockmap"), path_name);

}  // namespace
}  // namespace realpeer::testing
