// What a daemon that was killed leaves behind, and who clears it away.
#include <signal.h>

#include <filesystem>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Cleanup : public Chain {
 protected:
  [[nodiscard]] std::filesystem::path cgroup_of(const std::string& node) const {
    for (const std::filesystem::path root : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
      if (std::filesystem::exists(root / "cgroup.procs")) return root / ("realpeer-" + node);
    }
    throw std::runtime_error("no cgroup2 is mounted");
  }
  [[nodiscard]] Finished cleanup() const { return run({REALPEER_BINARY, "cleanup"}); }
};

TEST_P(Cleanup, RemovesWhatAKilledDaemonLeftAndNothingOfOneThatRuns) {
  start();
  GatewayConfig second = config;
  second.node = unique_node();
  second.binds = {"203.0.113.1:7001"};
  ProcessOptions options;
  options.netns = &net->gateway;
  Daemon killed(REALPEER_BINARY, second, options);
  ASSERT_TRUE(std::filesystem::exists(pins_of(second.node)));
  ASSERT_TRUE(std::filesystem::exists(cgroup_of(second.node)));
  killed.process().signal(SIGKILL);
  ASSERT_TRUE(killed.process().wait(kSoon));
  ASSERT_TRUE(std::filesystem::exists(pins_of(second.node)));

  const auto cleaned = cleanup();
  EXPECT_EQ(cleaned.code, 0) << cleaned.errors;
  EXPECT_NE(cleaned.output.find("removed pins in " + pins_of(second.node).string() + "\n"), std::string::npos)
      << cleaned.output;
  EXPECT_NE(cleaned.output.find("left alone: node '" + config.node + "' runs\n"), std::string::npos) << cleaned.output;
  EXPECT_FALSE(std::filesystem::exists(pins_of(second.node)));
  EXPECT_FALSE(std::filesystem::exists(cgroup_of(second.node)));

  EXPECT_TRUE(std::filesystem::exists(pins_of(config.node)));
  EXPECT_TRUE(std::filesystem::exists(cgroup_of(config.node)));
  auto ends = open();
  expect_conversation(ends.client, ends.server);
}

TEST_P(Cleanup, RemovesEveryEmptyCgroupWhereverItIs) {
  const auto root = cgroup_of("x").parent_path();
  const auto parent = root / ("rpt-parent-" + config.node);
  const std::vector<std::filesystem::path> dead{root / ("realpeer-" + config.node + "-a"),
                                                root / ("realpeer-" + config.node + "-b"),
                                                parent / ("realpeer-" + config.node + "-c")};
  std::filesystem::create_directory(parent);
  for (const auto& path : dead) ASSERT_TRUE(std::filesystem::create_directory(path));
  const auto cleaned = cleanup();
  EXPECT_EQ(cleaned.code, 0) << cleaned.errors;
  for (const auto& path : dead) EXPECT_FALSE(std::filesystem::remove(path)) << path << " was left";
  EXPECT_TRUE(std::filesystem::remove(parent)) << "not ours";
}

TEST_P(Cleanup, SaysSoWhereItMayNotLook) {
  start();  // there is something to see
  ProcessOptions options;
  options.user = 65'534;
  const auto refused = run({REALPEER_BINARY, "cleanup"}, options);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.errors.find("cannot remove pins"), std::string::npos) << refused.output << refused.errors;
}

INSTANTIATE_TEST_SUITE_P(Relay, Cleanup, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
