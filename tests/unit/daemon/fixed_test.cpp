// What a reload leaves as it is, and what it is refused for.
#include "daemon/fixed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

config::Config running() {
  config::Config config;
  config.node = "edge";
  config.limits.connections = 100;
  return config;
}

config::Config with_names(config::Config config, const std::string& cgroup) {
  config::Backend& backend = config.backends.emplace_back();
  backend.name = "app";
  backend.identity = config::Identity::peername;
  config.peername = {.cgroup = cgroup, .place = {"t.yaml", 7}};
  return config;
}

std::vector<std::string> said(const config::Config& before, const config::Config& after) {
  std::vector<std::string> lines;
  for (const auto& diagnostic : unchangeable(Made::of(before), after, "t.yaml"))
    lines.push_back(diagnostic.to_string());
  return lines;
}

TEST(Unchangeable, IsNothingOfTheSame) {
  EXPECT_THAT(said(running(), running()), IsEmpty());
  EXPECT_THAT(said(with_names(running(), "/a"), with_names(running(), "/a")), IsEmpty());
}

TEST(Unchangeable, IsNothingThatTakesLess) {
  auto less = running();
  less.limits.connections = 50;
  EXPECT_THAT(said(running(), less), IsEmpty());
  EXPECT_THAT(said(with_names(running(), "/a"), running()), IsEmpty());
}

TEST(Unchangeable, IsTheNode) {
  auto other = running();
  other.node = "production";
  EXPECT_THAT(said(running(), other), ElementsAre(HasSubstr("error: the daemon that runs is node 'edge' and cannot "
                                                            "become 'production': restart it")));
}

TEST(Unchangeable, AreThePathTheCreditAndTheSizeOfMaps) {
  auto other = running();
  other.datapath = config::Datapath::relay;
  other.splice_credit = 4096;
  other.limits.connections = 101;
  EXPECT_THAT(
      said(running(), other),
      ElementsAre(HasSubstr("warning: datapath stays auto until `realpeer upgrade` or a restart"),
                  HasSubstr("warning: splice_credit stays 1048576 until"),
                  HasSubstr("warning: limits.connections stays 100, for which the kernel's maps were made, until")));
}

TEST(Unchangeable, AreTheProgramsOfPeername) {
  EXPECT_THAT(said(running(), with_names(running(), "/a")),
              ElementsAre(HasSubstr("t.yaml:7: error: identity: peername needs programs in the kernel")));
  EXPECT_THAT(said(with_names(running(), "/a"), with_names(running(), "/b")),
              ElementsAre(HasSubstr("t.yaml:7: warning: peername.cgroup stays '/a' until")));
}

}  // namespace
}  // namespace realpeer::daemon
