// Flags that may be given several times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commands/commands.h"

namespace realpeer::commands {
namespace {

using ::testing::ElementsAre;

TEST(JoinRepeated, MakesOneOfAll) {
  EXPECT_THAT(join_repeated({"realpeer", "trace", "a:1", "--hop", "x", "--json", "--hop=y", "-hop", "z"}, "hop"),
              ElementsAre("realpeer", "--hop=x,y,z", "trace", "a:1", "--json"));
}

TEST(JoinRepeated, LeavesEverythingElse) {
  EXPECT_THAT(join_repeated({"realpeer", "status", "--hops", "x", "hop", "---hop", "-"}, "hop"),
              ElementsAre("realpeer", "status", "--hops", "x", "hop", "---hop", "-"));
  EXPECT_THAT(join_repeated({"realpeer", "--hop"}, "hop"), ElementsAre("realpeer", "--hop"));
  EXPECT_THAT(join_repeated({"realpeer", "--", "--hop", "x"}, "hop"), ElementsAre("realpeer", "--", "--hop", "x"));
}

}  // namespace
}  // namespace realpeer::commands
