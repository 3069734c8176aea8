// The page for people, as it is built into the program.
#include "admin/web_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::admin {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(WebPage, IsOneDocumentThatLoadsNothing) {
  EXPECT_THAT(web_page().body, AllOf(StartsWith("<!doctype html>"), EndsWith("</html>\n")));
  for (const char* loads : {"<script src", "<link rel=\"stylesheet", "@import", "url(", "{{"}) {
    EXPECT_THAT(web_page().body, Not(HasSubstr(loads)));
  }
}

TEST(WebPage, AllowsItsOwnScriptAndStyleAlone) {
  EXPECT_THAT(std::string(web_page_policy),
              AllOf(StartsWith("default-src 'none'; script-src 'sha256-"), HasSubstr("; style-src 'sha256-"),
                    HasSubstr("; connect-src 'self'; "), Not(HasSubstr("unsafe"))));
  EXPECT_THAT(web_page().body, HasSubstr("content=\"" + std::string(web_page_policy) + "\""));
  EXPECT_THAT(web_page().fields,
              Contains(Pair("Content-Security-Policy", std::string(web_page_policy) + "; frame-ancestors 'none'")));
  EXPECT_THAT(web_page().fields, Contains(Pair("X-Content-Type-Options", "nosniff")));
}

TEST(WebPage, CarriesTheLicenceOfWhatItHolds) {
  EXPECT_THAT(web_page().body, AllOf(HasSubstr("The MIT License (MIT)"), HasSubstr("Leon Sorokin")));
}

}  // namespace
}  // namespace realpeer::admin
