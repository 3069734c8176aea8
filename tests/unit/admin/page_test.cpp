// Which page a request gets.
#include "admin/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace realpeer::admin {
namespace {

using ::testing::HasSubstr;

Pages two_pages() {
  return {{"/one", at_once([] { return Page{.body = "1"}; })},
          {"/two", at_once([] { return Page{.status = 503, .body = "2"}; })}};
}

// The page that a request gets, or what it is told instead.
Page answer(const Pages& pages, std::string_view method, std::string_view target) {
  const auto found = find_page(pages, method, target);
  if (const auto* page = std::get_if<Page>(&found)) return *page;
  boost::asio::io_context context;
  Page made;
  const auto& asked = std::get<Asked>(found);
  boost::asio::co_spawn(context, asked.page->make(asked.query),
                        [&made](const std::exception_ptr&, Page page) { made = std::move(page); });
  context.run();
  return made;
}

Query query_of(std::string_view target) {
  const auto pages = two_pages();
  const auto found = find_page(pages, "GET", target);
  const auto* asked = std::get_if<Asked>(&found);
  return asked == nullptr ? Query{{"no", "page"}} : asked->query;
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

TEST(Answer, ReadsTheQuery) {
  EXPECT_EQ(query_of("/one"), Query());
  EXPECT_EQ(query_of("/one?limit=5&q=10.0.0.1%3A80"), (Query{{"limit", "5"}, {"q", "10.0.0.1:80"}}));
  EXPECT_EQ(query_of("/one?q=%5B2001:db8::1%5D"), (Query{{"q", "[2001:db8::1]"}}));
  EXPECT_EQ(query_of("/one?q=1&q=2&empty"), (Query{{"q", "2"}, {"empty", ""}}));
  EXPECT_EQ(answer(two_pages(), "GET", "/one?q=%zz").status, 400U);
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
