#include "import/hostnames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::importing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Pair {
  const char* one;
  const char* other;
  std::optional<std::string> both;
};

TEST(Hostnames, HaveInCommonTheNarrowerOfTheTwo) {
  const Pair pairs[] = {
      {"", "", ""},
      {"", "git.example.com", "git.example.com"},
      {"", "*.example.com", "*.example.com"},
      {"git.example.com", "git.example.com", "git.example.com"},
      {"git.example.com", "web.example.com", std::nullopt},
      {"*.example.com", "git.example.com", "git.example.com"},
      {"*.example.com", "a.b.example.com", "a.b.example.com"},
      {"*.example.com", "example.com", std::nullopt},
      {"*.example.com", ".example.com", std::nullopt},
      {"*.example.com", "badexample.com", std::nullopt},
      {"*.example.com", "*.sub.example.com", "*.sub.example.com"},
      {"*.example.com", "*.example.com", "*.example.com"},
      {"*.example.com", "*.example.org", std::nullopt},
      {"*.sub.example.com", "*.badsub.example.com", std::nullopt},
  };
  for (const auto& [one, other, both] : pairs) {
    EXPECT_EQ(common(std::string_view(one), std::string_view(other)), both) << one << " and " << other;
    EXPECT_EQ(common(std::string_view(other), std::string_view(one)), both) << other << " and " << one;
  }
}

TEST(Hostnames, OfARouteAreThoseThatTheListenerLetsItHave) {
  EXPECT_THAT(names_at("*.example.com", {"git.example.com", "git.example.org", "GIT.example.com"}),
              ElementsAre("git.example.com"));
  EXPECT_THAT(names_at("git.example.com", {"*.example.com", "*.com"}), ElementsAre("git.example.com"));
  EXPECT_THAT(names_at("*.example.com", std::vector<std::string>()), ElementsAre("*.example.com"));
  EXPECT_THAT(names_at("", std::vector<std::string>()), ElementsAre(""));
  EXPECT_THAT(names_at("git.example.com", {"web.example.com"}), IsEmpty());
}

}  // namespace
}  // namespace realpeer::importing
