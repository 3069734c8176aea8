// `realpeer status` and `realpeer top` without a terminal: what they say of a gateway, and how they find it.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "e2e/operator.h"
#include "harness/curl.h"
#include "harness/terminal.h"

namespace realpeer::testing {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
constexpr uid_t kNobody = 65534;

class Status : public OperatorChain {
 protected:
  json::object document(const std::string& page) {
    return json::parse(curl(net->gateway, {.url = "http://127.0.0.1:9901" + page}).body).as_object();
  }
  // The gateway's own configuration, once more.
  [[nodiscard]] std::string config_file() const { return folder_.write("c.yaml", config.yaml()).string(); }

  const TemporaryDirectory folder_{};
};

TEST_P(Status, ShowsTheGatewayOfThisHost) {
  start_with_admin();
  const auto ends = open_talking();
  be_refused();
  const auto done = run_realpeer({"status"});
  EXPECT_EQ(done.code, 0) << done.errors;
  EXPECT_THAT(done.output, AllOf(HasSubstr(config.node + "  realpeer 0."), HasSubstr("\ndata path " + GetParam()),
                                 HasSubstr("  in-0      203.0.113.1:7000  strict          1 "),
                                 HasSubstr("  header_missing  1  (in-0 1)\n"), HasSubstr("    remedy: Turn the header"),
                                 HasSubstr("  app      proxy-v2  10.77.0.2:9000  up "),
                                 HasSubstr("Backends, connected to within "), HasSubstr("header_missing (http)")));
  EXPECT_THAT(done.output, Not(HasSubstr("\x1b"))) << "it is no terminal";
}

TEST_P(Status, PrintsTheDocumentsAsJson) {
  start_with_admin();
  be_refused();
  const auto done = run_realpeer({"status", "--json", "--admin", "http://127.0.0.1:9901/"});
  EXPECT_EQ(done.code, 0) << done.errors;
  auto all = json::parse(done.output).as_object();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all["backends"], document("/backends"));
  EXPECT_EQ(all["refusals"], document("/refusals"));
  auto listeners = document("/listeners");
  listeners["now"] = all["listeners"].at("now");
  EXPECT_EQ(all["listeners"], listeners);
}

TEST_P(Status, AsksOverTheSocketAsWhoMay) {
  const auto socket = "unix:" + (folder_.path() / "admin.sock").string();
  start_with_admin("bind: '" + socket + "'");
  EXPECT_THAT(run_realpeer({"status", "--admin", socket}).output, HasSubstr(config.node + "  realpeer "));
  EXPECT_THAT(run_realpeer({"status", "--config", config_file()}).output, HasSubstr(config.node + "  realpeer "));
  const auto refused = run_realpeer({"status", "--admin", socket}, {.user = kNobody});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(
      refused.errors,
      "realpeer: " + socket + " may not be opened by this user: ask as the user that the daemon runs as, or as root\n");
}

TEST_P(Status, BringsTheToken) {
  const auto token = folder_.write("token", std::string(kToken) + "\n").string();
  start_with_admin("bind: '0.0.0.0:9901', token_file: " + token);
  const auto without = run_realpeer({"status"});
  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.errors, HasSubstr("127.0.0.1:9901 asks for its token: name the file that holds it"));
  EXPECT_EQ(run_realpeer({"status", "--token_file", token}).code, 0);
  EXPECT_EQ(run_realpeer({"status", "--config", config_file()}).code, 0);
  const auto other = folder_.write("other", "fedcba9876543210\n").string();
  EXPECT_THAT(run_realpeer({"status", "--token_file", other}).errors, HasSubstr("does not take this token"));
  EXPECT_THAT(run_realpeer({"status", "--token_file", "/none"}).errors, HasSubstr("--token_file /none cannot be read"));
}

TEST_P(Status, SaysWhyThereIsNoAnswer) {
  start();
  const auto done = run_realpeer({"status"});
  EXPECT_EQ(done.code, 1);
  EXPECT_EQ(done.output, "");
  EXPECT_EQ(done.errors,
            "realpeer: nobody listens on 127.0.0.1:9901: is the daemon running, and does `admin` in its configuration "
            "name this? (another one is named by --admin ADDR, or by --config FILE)\n");
  const auto without_admin = run_realpeer({"status", "--config", config_file()});
  EXPECT_EQ(without_admin.code, 2);
  EXPECT_THAT(without_admin.errors, HasSubstr("c.yaml has no admin listener: add one"));
  const auto not_realpeer = run_realpeer({"status", "--admin", "203.0.113.1:7000"});
  EXPECT_EQ(not_realpeer.code, 1);
  EXPECT_THAT(not_realpeer.errors, HasSubstr("203.0.113.1:7000 "));
  EXPECT_EQ(run_realpeer({"status", "--admin", "nine"}).code, 2);
  EXPECT_EQ(run_realpeer({"status", "now"}).code, 2);
}

TEST_P(Status, IsColouredOnATerminalAndAsWideAsThat) {
  start_with_admin();
  be_refused();
  const auto on_terminal = [&](const std::vector<std::string>& environment) {
    Terminal terminal({REALPEER_BINARY, "status"}, net->gateway, {.columns = 50, .rows = 20}, environment);
    EXPECT_EQ(terminal.wait(kSoon), Exit{});
    return terminal.output();
  };
  const auto coloured = on_terminal({"TERM=xterm"});
  EXPECT_THAT(coloured,
              AllOf(HasSubstr("\x1b[1m" + config.node + "\x1b[0m"), HasSubstr("\x1b[33mheader_missing\x1b[0m"),
                    HasSubstr("    \x1b[2mremedy: \x1b[0mTurn the header on in the gateway in\r\n            ")));
  EXPECT_THAT(on_terminal({"TERM=xterm", "NO_COLOR=1"}), AllOf(HasSubstr("header_missing"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(on_terminal({"TERM=dumb"}), AllOf(HasSubstr("header_missing"), Not(HasSubstr("\x1b"))));
}

TEST_P(Status, IsOfADrainingGatewayToo) {
  start_with_admin();
  auto ends = open_talking();
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(
      eventually([&] { return run_realpeer({"status"}).output.find("  draining  ") != std::string::npos; }, kSoon));
  ends.client.close();
  ends.server.close();
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
}

TEST_P(Status, OverTimeShowsRates) {
  start_with_admin();
  auto bulk = open_talking();
  Process top({REALPEER_BINARY, "top", "--interval", "500ms", "--count", "4"}, {.netns = &net->gateway});
  // As long as it looks, bytes travel and connections come.
  while (top.running()) {
    bulk.client.send_all(std::string(64 * kKiB, 'x'));
    bulk.server.receive_exactly(64 * kKiB);
    open_talking();
  }
  EXPECT_EQ(top.wait(Duration{0}), Exit{}) << top.errors();
  const auto output = top.output();
  EXPECT_THAT(output, Not(HasSubstr("\x1b")));
  std::size_t snapshots = 0;
  for (auto at = output.find("  LISTENER  NOW"); at != std::string::npos; at = output.find("  LISTENER  NOW", at + 1)) {
    ++snapshots;
  }
  EXPECT_EQ(snapshots, 4U) << output;
  // The last one: so many connections now, new ones, none refused, bytes in each second.
  const auto last = output.substr(output.rfind("  LISTENER  NOW"));
  const auto begin = last.find("  in-0 ");
  const auto row = last.substr(begin, last.find('\n', begin) - begin);
  EXPECT_THAT(row, MatchesRegex("  in-0 +[1-9][0-9]* +[1-9][0-9.]* +0 +[0-9.]+ [KM]iB .*")) << output;
}

INSTANTIATE_TEST_SUITE_P(Path, Status, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
