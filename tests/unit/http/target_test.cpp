#include "http/target.h"

#include <gmock/gmock.h>

namespace realpeer::http {
namespace {

struct Asked {
  const char* name;
  std::string method;
  std::string target;
  std::string host;
  std::string authority{};
  std::string origin{};
  std::string path{};
  unsigned status = 0;  // of the fault; 0: none
};

class Targets : public ::testing::TestWithParam<Asked> {};

TEST_P(Targets, AreReadOrRefused) {
  const Asked& asked = GetParam();
  const auto read = read_target(asked.method, asked.target, asked.host);
  ASSERT_EQ(read.has_error() ? read.error().status : 0, asked.status);
  if (read.has_error()) return;
  EXPECT_EQ(read->authority, asked.authority);
  EXPECT_EQ(read->origin, asked.origin);
  EXPECT_EQ(read->path(), asked.path);
}

Asked refused(const char* name, const std::string& target, const std::string& host = "a", unsigned status = 400) {
  return {.name = name, .method = "GET", .target = target, .host = host, .status = status};
}

INSTANTIATE_TEST_SUITE_P(Good, Targets,
                         ::testing::Values(Asked{"Origin", "GET", "/a/b?c=d", "h", "h", "/a/b?c=d", "/a/b"},
                                           Asked{"QueryWithQuestions", "GET", "/?a?b", "h", "h", "/?a?b", "/"},
                                           Asked{"NoHost", "GET", "/", "", "", "/", "/"},
                                           Asked{"Absolute", "GET", "http://h/a?b", "h", "h", "/a?b", "/a"},
                                           Asked{"AbsoluteInOtherCase", "GET", "HTTPS://H:443/a", "h:443", "H:443",
                                                 "/a", "/a"},
                                           Asked{"AbsoluteWithoutAPath", "GET", "http://h", "h", "h", "/", "/"},
                                           Asked{"AbsoluteWithAQueryAlone", "GET", "http://h?a", "h", "h", "/?a", "/"},
                                           Asked{"AbsoluteWithoutHost", "GET", "http://h/a", "", "h", "/a", "/a"},
                                           Asked{"TheServerAsAWhole", "OPTIONS", "*", "h", "h", "*", "/"},
                                           Asked{"EscapedSlash", "GET", "/a%2Fb", "h", "h", "/a%2Fb", "/a%2Fb"},
                                           Asked{"DotsInTheQuery", "GET", "/a?/../b", "h", "h", "/a?/../b", "/a"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bad, Targets,
    ::testing::Values(refused("OtherHost", "http://b/", "a"), refused("OtherPort", "http://a:81/", "a"),
                      refused("User", "http://u@a/", "a"), refused("NoAuthority", "http:///x", ""),
                      refused("Relative", "a/b"), refused("OtherScheme", "ftp://a/"), refused("AsteriskOfGet", "*"),
                      refused("Fragment", "/a#b"), refused("FragmentInTheQuery", "/a?b#c"), refused("Dots", "/a/../b"),
                      refused("EscapedDots", "/a/%2e%2e/b"), refused("Backslash", "/a\\b"),
                      Asked{.name = "Connect", .method = "CONNECT", .target = "a:443", .host = "a:443", .status = 405},
                      Asked{.name = "Trace", .method = "TRACE", .target = "/", .host = "a", .status = 405}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace realpeer::http
