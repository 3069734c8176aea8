#include "config/spelling.h"

#include <gtest/gtest.h>

#include <string>

namespace realpeer::config {
namespace {

constexpr std::string_view keys[] = {"name", "bind", "accept_proxy", "trusted_cidrs"};

TEST(Nearest, ForgivesATypingMistake) {
  EXPECT_EQ(nearest("nmae", keys), "name");
  EXPECT_EQ(nearest("binds", keys), "bind");
  EXPECT_EQ(nearest("acceptProxy", keys), "accept_proxy");
  EXPECT_EQ(nearest("trusted-cidr", keys), "trusted_cidrs");
}

TEST(Nearest, FindsNothingForAnotherWord) {
  EXPECT_EQ(nearest("port", keys), std::nullopt);
  EXPECT_EQ(nearest("", keys), std::nullopt);
}

TEST(Nearest, DoesNotCompareWordsBeyondAnyKeysLength) { EXPECT_EQ(nearest(std::string(65, 'a'), keys), std::nullopt); }

TEST(Listed, SeparatesByCommas) { EXPECT_EQ(listed(keys), "name, bind, accept_proxy, trusted_cidrs"); }

}  // namespace
}  // namespace realpeer::config
