// What `identity: peername` asks of the host, and what of it stays when a daemon ends: nothing.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>

#include "e2e/peername.h"
#include "harness/cgroup.h"
#include "harness/receivers/server.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

class PeernameHost : public Peername {
 protected:
  // What `doctor` says of peername for the configuration.
  boost::json::object doctor(std::optional<uid_t> user = std::nullopt) {
    const TemporaryDirectory directory;
    const auto done =
        run({REALPEER_BINARY, "doctor", "--json", "--config", directory.write("c.yaml", config.yaml()).string()},
            {.netns = &net->gateway, .user = user});
    const auto findings = boost::json::parse(done.output);
    for (const auto& finding : findings.as_array()) {
      if (finding.at("question") == "identity: peername") return finding.as_object();
    }
    ADD_FAILURE() << "not a word of peername:\n" << done.output << done.errors;
    return {};
  }
  static std::string text(const boost::json::object& finding, const char* field) {
    return std::string(finding.at(field).as_string());
  }

  // No directory, and none of the hierarchy: on many hosts the latter holds another one as well.
  const std::vector<std::string> nowheres_ = {cgroup_root() + "/nowhere", "/sys/fs"};
};

TEST_P(PeernameHost, ADaemonThatIsKilledLeavesTheRealPeersBehindAndTheNextOneNamesAgain) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  const auto met = meet(kClaimed);
  EXPECT_EQ(met.seen, kClaimed);
  gateway->process().signal(SIGKILL);
  ASSERT_TRUE(gateway->process().wait(kSoon).has_value());
  // Maps, and the programs with them, may be freed a little later.
  EXPECT_TRUE(eventually([&] { return met.server.remote().address().to_string() == kGatewaysAddress; }, kSoon))
      << met.server.remote();
  const Socket beside = testing::connect(net->gateway, endpoint("10.77.0.2:9000"));
  EXPECT_EQ(backend->accept().remote(), beside.local());
  start_gateway();
  expect_told(kClaimed);
}

TEST_P(PeernameHost, ADaemonThatStopsTakesTheNamesWithIt) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  auto met = meet(kClaimed);
  met.client.shutdown_write();
  EXPECT_EQ(met.server.receive_until_eof(), "");
  EXPECT_EQ(met.server.remote(), kClaimed) << "half-closed is open";
  met.client.close();
  met.server.close();
  EXPECT_EQ(gateway->stop(), Exit{});
  const Socket beside = testing::connect(net->gateway, endpoint("10.77.0.2:9000"));
  EXPECT_EQ(backend->accept().remote(), beside.local());
}

TEST_P(PeernameHost, WhileTheDaemonDrainsTheNamesStay) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  auto met = meet(kClaimed);
  gateway->process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return !listening(net->gateway, 7000); }, kSoon)) << "it does not drain";
  expect_conversation(met.client, met.server);
  EXPECT_EQ(met.server.remote(), kClaimed);
  end(std::move(met), true, 2 * kAsked, 2 * kAnswered);
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
}

TEST_P(PeernameHost, TwoDaemonsNameEachTheirOwn) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  auto second = config;
  second.node = unique_node();
  second.binds = {"203.0.113.1:7100"};
  const auto first = meet(kClaimed);
  {
    Daemon other(REALPEER_BINARY, second, {.netns = &net->gateway});
    for (std::uint16_t port = 1; port <= 200; ++port) {
      const Endpoint others(boost::asio::ip::make_address("192.0.2.99"), port);
      Socket client = testing::connect(net->client, endpoint("203.0.113.1:7100"));
      client.send_all(proxy_v2(others, kDialled));
      const Socket server = backend->accept();
      ASSERT_EQ(server.remote(), others);
      ASSERT_EQ(meet({kClaimed.address(), port}).seen, Endpoint(kClaimed.address(), port));
      ASSERT_EQ(server.remote(), others);
    }
    EXPECT_EQ(first.server.remote(), kClaimed);
    EXPECT_EQ(other.stop(), Exit{});
  }
  // The first one does not notice that the other is gone.
  EXPECT_EQ(first.server.remote(), kClaimed);
  expect_told(kClaimed);
}

TEST_P(PeernameHost, DoctorNamesTheCgroup) {
  config.identity = "peername";
  for (const bool serving : {false, true}) {
    if (serving) start_naming();
    const auto everywhere = doctor();
    EXPECT_TRUE(everywhere.at("yes").as_bool()) << serving;
    EXPECT_EQ(text(everywhere, "detail"), "for every backend of this host (" + cgroup_root() + ")");
  }
  const TestCgroup chosen("chosen");
  config.peername_cgroup = chosen.path();
  const auto there = doctor();
  EXPECT_TRUE(there.at("yes").as_bool());
  EXPECT_EQ(text(there, "detail"), "for backends in " + chosen.path() + " and below only");
}

TEST_P(PeernameHost, DoctorSaysWhatIsMissing) {
  config.identity = "peername";
  const auto unprivileged = doctor(kNobody);
  EXPECT_FALSE(unprivileged.at("yes").as_bool());
  EXPECT_THAT(text(unprivileged, "detail"), HasSubstr("CAP_BPF"));
  for (const auto& nowhere : nowheres_) {
    config.peername_cgroup = nowhere;
    const auto finding = doctor();
    EXPECT_FALSE(finding.at("yes").as_bool());
    EXPECT_THAT(text(finding, "detail"), HasSubstr(nowhere));
    EXPECT_NE(text(finding, "remedy"), "");
  }
}

// It would hand the gateway's address to backends that believe it.
TEST_P(PeernameHost, NothingStartsWhereNamesCannotBeHad) {
  config.identity = "peername";
  config.datapath = GetParam() == "relay" ? "relay" : "auto";
  const TemporaryDirectory directory;
  const auto unprivileged = run({REALPEER_BINARY, "run", "--config", directory.write("c.yaml", config.yaml()).string()},
                                {.netns = &net->gateway, .user = kNobody});
  EXPECT_GT(unprivileged.code, 0);
  EXPECT_THAT(unprivileged.errors, HasSubstr("identity: peername cannot be had here: "));
  EXPECT_THAT(unprivileged.errors, HasSubstr("realpeer doctor --config"));

  for (const auto& nowhere : nowheres_) {
    config.peername_cgroup = nowhere;
    const auto done = run({REALPEER_BINARY, "run", "--config", directory.write("c.yaml", config.yaml()).string()},
                          {.netns = &net->gateway});
    EXPECT_GT(done.code, 0);
    EXPECT_THAT(done.errors, HasSubstr("identity: peername cannot be had here: "));
    EXPECT_THAT(done.errors, HasSubstr(nowhere));
    EXPECT_FALSE(std::filesystem::exists(pins_of(config.node)));
  }
}

INSTANTIATE_TEST_SUITE_P(Path, PeernameHost, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
