// What the parameters of pages may be.
#include "admin/query.h"

#include <gtest/gtest.h>

namespace realpeer::admin {
namespace {

TEST(Looking, IsAtTheNewestLiveConnectionsUnlessAskedOtherwise) {
  const auto looking = read_looking({});
  ASSERT_TRUE(looking);
  EXPECT_FALSE(looking->ended);
  EXPECT_EQ(looking->limit, 100U);
}

TEST(Looking, TakesEveryParameter) {
  const auto looking =
      read_looking({{"state", "ended"}, {"limit", "1000"}, {"q", "203.0.113"}, {"listener", "ssh"}, {"id", "42"}});
  ASSERT_TRUE(looking);
  EXPECT_TRUE(looking->ended);
  EXPECT_EQ(looking->limit, 1000U);
  EXPECT_EQ(looking->text, "203.0.113");
  EXPECT_EQ(looking->listener, "ssh");
  EXPECT_EQ(looking->id, 42U);
}

TEST(Looking, SaysWhatIsWrong) {
  for (const Query& query : {Query{{"state", "dead"}}, Query{{"limit", "0"}}, Query{{"limit", "1001"}},
                             Query{{"limit", "-1"}}, Query{{"limit", ""}}, Query{{"id", "a"}}, Query{{"id", "-1"}},
                             Query{{"id", "18446744073709551616"}}, Query{{"search", "x"}}}) {
    const auto looking = read_looking(query);
    ASSERT_FALSE(looking) << query.begin()->first << "=" << query.begin()->second;
    EXPECT_NE(looking.error().find(query.begin()->first), std::string::npos) << looking.error();
  }
  EXPECT_FALSE(read_limit({{"limit", "many"}}));
}

}  // namespace
}  // namespace realpeer::admin
