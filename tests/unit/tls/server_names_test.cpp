// Which certificate a name gets, without certificates.
#include "tls/server_names.h"

#include <gtest/gtest.h>

namespace realpeer::tls {
namespace {

constexpr std::size_t wildcard = 0;
constexpr std::size_t exact = 1;
constexpr std::size_t deeper = 2;

ServerNames names() {
  ServerNames names;
  names.add("*.Example.com", wildcard);
  names.add("git.example.com", exact);
  names.add("*.b.example.com", deeper);
  names.add("git.example.com", deeper);
  return names;
}

TEST(ServerNames, TakeAnExactNameBeforeAWildcardAndTheFirstOfTwo) { EXPECT_EQ(names().find("git.example.com"), exact); }

TEST(ServerNames, CompareLettersWithoutCaseAndPassOverATrailingDot) {
  EXPECT_EQ(names().find("GIT.Example.COM"), exact);
  EXPECT_EQ(names().find("Web.Example.com."), wildcard);
}

TEST(ServerNames, LetAWildcardStandForOneLabel) {
  EXPECT_EQ(names().find("web.example.com"), wildcard);
  EXPECT_EQ(names().find("a.b.example.com"), deeper);
  EXPECT_EQ(names().find("b.example.com"), wildcard);
  EXPECT_EQ(names().find("a.c.example.com"), std::nullopt);
  EXPECT_EQ(names().find("a.git.example.com"), std::nullopt);
}

TEST(ServerNames, LetAWildcardStandForNoLessThanALabel) {
  EXPECT_EQ(names().find("example.com"), std::nullopt);
  EXPECT_EQ(names().find(".example.com"), std::nullopt);
}

TEST(ServerNames, KnowNothingElse) {
  EXPECT_EQ(names().find(""), std::nullopt);
  EXPECT_EQ(names().find("com"), std::nullopt);
  EXPECT_EQ(names().find("git.example.org"), std::nullopt);
  EXPECT_EQ(names().find("gitexample.com"), std::nullopt);
}

}  // namespace
}  // namespace realpeer::tls
