// Which page a request gets.
#include "admin/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::admin {
namespace {

using ::testing::HasSubstr;

Pages two_pages() {
  return {{"/one", [] { return Page{.body = "1"}; }}, {"/two", [] { return Page{.status = 503, .body = "2"}; }}};
}

TEST(Answer, IsThePageOfThePath) {
  EXPECT_EQ(answer(two_pages(), "GET", "/one").body, "1");
  EXPECT_EQ(answer(two_pages(), "GET", "/one").status, 200U);
  EXPECT_EQ(answer(two_pages(), "HEAD", "/two").status, 503U);
}

TEST(Answer, PassesOverAQuery) {
  EXPECT_EQ(answer(two_pages(), "GET", "/one?verbose=1").body, "1");
  EXPECT_EQ(answer(two_pages(), "GET", "/one?").body, "1");
}

TEST(Answer, NamesThePagesWhereThereIsNone) {
  for (const char* target : {"/", "", "/one/", "/One", "/oneself", "one", "*", "?/one", "http://host/one"}) {
    const Page page = answer(two_pages(), "GET", target);
    EXPECT_EQ(page.status, 404U) << target;
    EXPECT_EQ(page.body, "there is no such page; there are /one /two\n");
  }
  EXPECT_EQ(answer(two_pages(), "POST", "/three").status, 404U);
}

TEST(Answer, RefusesMethodsThatDoNotRead) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
    const Page page = answer(two_pages(), method, "/one");
    EXPECT_EQ(page.status, 405U) << method;
    EXPECT_THAT(page.body, HasSubstr("GET, HEAD"));
  }
}

}  // namespace
}  // namespace realpeer::admin
