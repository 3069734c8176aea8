#include "policy/http_route.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace realpeer::policy {
namespace {

// Named after what is expected of them.
std::vector<HttpRule> rules() {
  return {
      {"", "/", "every host"},
      {"", "/shared", "every host, shared"},
      {"*.example.com", "/", "wildcard"},
      {"*.example.com", "/api", "wildcard, api"},
      {"*.deep.example.com", "/", "longer wildcard"},
      {"git.example.com", "/", "exact"},
      {"git.example.com", "/api", "exact, api"},
      {"git.example.com", "/api/v2", "exact, api v2"},
      {"git.example.com", "/old", std::nullopt},
      {"a.deep.example.com", "/only", "exact, only"},
      {"api.example.org", "/v1", "org, v1"},
      {"xn--bcher-kva.example", "/", "a-label"},
  };
}

std::string chosen(const std::vector<HttpRule>& among, const std::string& host, const std::string& path) {
  const HttpRule* rule = choose(among, host, path);
  if (rule == nullptr) return "none";
  return rule->backend.value_or("redirect");
}

struct Row {
  const char* name;
  std::string host;
  std::string path;
  std::string expected;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

class HttpRouteTable : public testing::TestWithParam<Row> {};

TEST_P(HttpRouteTable, Chooses) { EXPECT_EQ(chosen(rules(), GetParam().host, GetParam().path), GetParam().expected); }

TEST_P(HttpRouteTable, ChoosesTheSameWhateverTheOrderOfTheRules) {
  auto turned = rules();
  std::ranges::reverse(turned);
  EXPECT_EQ(chosen(turned, GetParam().host, GetParam().path), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, HttpRouteTable,
    testing::Values(Row{"TheExactOne", "git.example.com", "/", "exact"},
                    Row{"WithoutCase", "GIT.Example.COM", "/", "exact"},
                    Row{"WithADotAtItsEnd", "git.example.com.", "/", "exact"},
                    Row{"AnALabelWithoutCase", "XN--Bcher-KVA.example", "/", "a-label"},
                    Row{"TheWildcard", "www.example.com", "/", "wildcard"},
                    Row{"TheWildcardManyLabelsDeep", "c.b.a.example.com", "/", "wildcard"},
                    Row{"TheWildcardWithoutCaseAndWithADot", "WWW.EXAMPLE.COM.", "/", "wildcard"},
                    Row{"TheLongerWildcard", "b.deep.example.com", "/", "longer wildcard"},
                    Row{"TheShorterWildcardForTheDomainOfTheLonger", "deep.example.com", "/", "wildcard"},
                    Row{"NotTheWildcardForItsOwnDomain", "example.com", "/", "every host"},
                    Row{"NotTheWildcardForPartOfALabel", "wwwexample.com", "/", "every host"},
                    Row{"NotTheWildcardForAnEmptyLabel", ".example.com", "/", "every host"},
                    Row{"EveryHost", "www.example.net", "/", "every host"},
                    Row{"AnIPv4Address", "192.0.2.1", "/", "every host"},
                    Row{"AnIPv6Address", "[2001:db8::1]", "/", "every host"}, Row{"NoHost", "", "/", "every host"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Paths, HttpRouteTable,
                         testing::Values(Row{"ThePathItself", "git.example.com", "/api", "exact, api"},
                                         Row{"WithASlashAtItsEnd", "git.example.com", "/api/", "exact, api"},
                                         Row{"BelowIt", "git.example.com", "/api/users/1", "exact, api"},
                                         Row{"TheLongestOne", "git.example.com", "/api/v2/users", "exact, api v2"},
                                         Row{"NotBySomeOfASegment", "git.example.com", "/apis", "exact"},
                                         Row{"NotBySomeOfALongerOne", "git.example.com", "/api/v22", "exact, api"},
                                         Row{"WithCase", "git.example.com", "/API", "exact"},
                                         Row{"AsItCameAndNotUnescaped", "git.example.com", "/%61pi", "exact"},
                                         Row{"NotAfterAnEmptySegment", "git.example.com", "//api", "exact"},
                                         Row{"NotWithParameters", "git.example.com", "/api;x=1", "exact"},
                                         Row{"ToARedirect", "git.example.com", "/old/page", "redirect"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    FallingBack, HttpRouteTable,
    testing::Values(Row{"AHostGoesBeforeAPath", "git.example.com", "/shared", "exact"},
                    Row{"AWildcardGoesBeforeAPath", "www.example.com", "/shared", "wildcard"},
                    Row{"ToALongerWildcard", "a.deep.example.com", "/other", "longer wildcard"},
                    Row{"NotPastTheFirstThatTakesIt", "b.deep.example.com", "/api", "longer wildcard"},
                    Row{"ToEveryHost", "api.example.org", "/v2", "every host"},
                    Row{"ToThePathOfEveryHost", "api.example.org", "/shared/x", "every host, shared"},
                    Row{"NotWhereItsHostTakesIt", "api.example.org", "/v1/x", "org, v1"}),
    [](const auto& test) { return test.param.name; });

TEST(HttpRoute, OfNoRuleIsNone) { EXPECT_EQ(choose({}, "git.example.com", "/"), nullptr); }

TEST(HttpRoute, IsNoneWhereNoRuleTakesThePath) {
  const std::vector<HttpRule> some{{"git.example.com", "/api", "b"}, {"", "/x", "c"}};
  EXPECT_EQ(chosen(some, "git.example.com", "/"), "none");
  EXPECT_EQ(chosen(some, "www.example.com", "/api"), "none");
}

}  // namespace
}  // namespace realpeer::policy
