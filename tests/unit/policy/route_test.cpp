#include "policy/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::policy {
namespace {

using testing::ElementsAre;

NameRoute to(const char* backend) { return {{}, backend}; }

Route edge() {
  Route route;
  route.names["git.example.com"] = to("git");
  route.names["*.example.com"] = to("any");
  route.names["*.deep.example.com"] = to("deep");
  route.names["old.example.com"] = {{}, std::nullopt};
  route.names["web.example.com"] = {{{"acme-tls/1", "acme"}, {"h2", "web-h2"}, {"spdy/3", std::nullopt}}, "web"};
  route.names["h2.example.com"] = {{{"h2", "web-h2"}}, std::nullopt};
  route.otherwise = "rest";
  return route;
}

struct Row {
  const char* name;
  std::string asked;
  std::vector<std::string> alpn;
  Target expected;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

class RouteTable : public testing::TestWithParam<Row> {};

TEST_P(RouteTable, Chooses) {
  const Route route = edge();
  EXPECT_EQ(*choose(route, {GetParam().asked, GetParam().alpn}).target, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Names, RouteTable,
                         testing::Values(Row{"TheExactName", "git.example.com", {}, "git"},
                                         Row{"WithoutCase", "GIT.Example.COM", {}, "git"},
                                         Row{"WithATrailingDot", "git.example.com.", {}, "git"},
                                         Row{"TheWildcard", "a.example.com", {}, "any"},
                                         Row{"TheWildcardManyLabelsDeep", "c.b.a.example.com", {}, "any"},
                                         Row{"TheLongestWildcard", "a.deep.example.com", {}, "deep"},
                                         Row{"TheShorterWildcardForTheNameItself", "deep.example.com", {}, "any"},
                                         Row{"NotTheWildcardForItsOwnDomain", "example.com", {}, "rest"},
                                         Row{"NotTheWildcardForAnEndingThatIsNoLabel", "badexample.com", {}, "rest"},
                                         Row{"TheRestForAnotherName", "example.org", {}, "rest"},
                                         Row{"TheRestForALiteralStar", "*.example.org", {}, "rest"},
                                         Row{"TheRestWithoutAName", "", {}, "rest"},
                                         Row{"NobodyForANameThatIsRejected", "old.example.com", {}, std::nullopt}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Protocols, RouteTable,
    testing::Values(Row{"TheOneOffered", "web.example.com", {"h2"}, "web-h2"},
                    Row{"TheFirstOfTheClient", "web.example.com", {"h2", "acme-tls/1"}, "web-h2"},
                    Row{"TheFirstThatIsRouted", "web.example.com", {"http/1.1", "acme-tls/1"}, "acme"},
                    Row{"TheNamesOwnRestForOthers", "web.example.com", {"http/1.1"}, "web"},
                    Row{"TheNamesOwnRestWithoutAny", "web.example.com", {}, "web"},
                    Row{"NobodyForAProtocolThatIsRejected", "web.example.com", {"spdy/3", "h2"}, std::nullopt},
                    Row{"NeverTheRoutesRest", "h2.example.com", {"http/1.1"}, std::nullopt},
                    Row{"WithTheirCase", "web.example.com", {"H2"}, "web"}),
    [](const auto& test) { return test.param.name; });

TEST(Route, SaysWhichProtocolDecided) {
  const Route route = edge();
  const std::vector<std::string> alpn{"http/1.1", "h2"};
  const auto decided = choose(route, {"web.example.com", alpn});
  ASSERT_NE(decided.protocol, nullptr);
  EXPECT_EQ(*decided.protocol, "h2");
  EXPECT_EQ(choose(route, {"git.example.com", alpn}).protocol, nullptr);
}

TEST(Route, WithoutNamesTakesEveryConnection) {
  Route route;
  route.otherwise = "app";
  EXPECT_FALSE(route.reads_hello());
  EXPECT_EQ(*choose(route, {}).target, "app");
}

TEST(Route, NamesItsTargetsOnce) {
  EXPECT_THAT(targets(edge()), ElementsAre("deep", "any", "git", "web-h2", "acme", "web", "rest"));
}

}  // namespace
}  // namespace realpeer::policy
