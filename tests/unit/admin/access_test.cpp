// Who may ask the admin listener what.
#include "admin/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/process.h"

namespace realpeer::admin {
namespace {

using realpeer::testing::TemporaryDirectory;
using ::testing::HasSubstr;

const PageMaker kPage = at_once([] { return Page(); });
constexpr const char* kToken = "0123456789abcdef";

unsigned answered(const Access& access, const Credentials& credentials, const PageMaker& page = kPage) {
  const auto refused = refuse(access, page, credentials);
  return refused ? refused->status : 200;
}

TEST(AdminAccess, WithoutATokenIsForWhoAsksByAddress) {
  for (const char* host : {"127.0.0.1:9901", "127.0.0.1", "localhost:9901", "LocalHost", "[::1]:9901", "10.0.0.1:80"}) {
    EXPECT_EQ(answered({}, {.host = host}), 200U) << host;
  }
}

// A page of a stranger's that has its own name mean this host.
TEST(AdminAccess, WithoutATokenIsNotForOtherNames) {
  for (const char* host : {"attacker.example", "attacker.example:9901", "localhost.attacker.example",
                           "127.0.0.1.nip.io", "", "localhost:port", "[::1", "a b"}) {
    EXPECT_EQ(answered({}, {.host = host}), 403U) << host;
  }
}

TEST(AdminAccess, ByTheSocketIsTheFilesBusiness) {
  EXPECT_EQ(answered({.by_socket = true}, {.host = "any.name"}), 200U);
}

TEST(AdminAccess, WithATokenIsForWhoKnowsIt) {
  const Access access{.token = kToken};
  const auto with = [&](const std::string& authorization) {
    return answered(access, {.host = "gateway.example", .authorization = authorization});
  };
  EXPECT_EQ(with("Bearer 0123456789abcdef"), 200U);
  EXPECT_EQ(with("bearer 0123456789abcdef"), 200U);
  for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer 0123456789abcdee", "Bearer 0123456789abcdef0",
                            "Bearer 0123456789abcde", "Basic 0123456789abcdef", "0123456789abcdef"}) {
    EXPECT_EQ(with(wrong), 401U) << wrong;
  }
  EXPECT_EQ(answered({.by_socket = true, .token = kToken}, {.host = "localhost"}), 401U);
}

TEST(AdminAccess, OfPagesForEveryoneNeedsNeither) {
  PageMaker page = kPage;
  page.for_everyone = true;
  EXPECT_EQ(answered({.token = kToken}, {.host = "kubelet"}, page), 200U);
  EXPECT_EQ(answered({}, {.host = "kubelet"}, page), 200U);
}

TEST(AdminAccess, TakesTheTokenFromItsFile) {
  const TemporaryDirectory folder;
  config::Admin admin;
  admin.token_file = folder.write("token", std::string(kToken) + "\n").string();
  const auto access = access_to(admin);
  ASSERT_TRUE(access) << access.error().text;
  EXPECT_EQ(access->token, kToken);
}

TEST(AdminAccess, RefusesTokensThatAreNone) {
  const TemporaryDirectory folder;
  config::Admin admin;
  admin.token_place = {"c.yaml", 7};
  for (const std::string& text : {std::string(), std::string("short\n"), std::string("0123456789 abcdef\n"),
                                  std::string("0123456789abcdef\n0123456789abcdef\n"), std::string(513, 'a'),
                                  std::string(1000, 'a'), std::string("0123456789abcde\xff")}) {
    admin.token_file = folder.write("token", text).string();
    const auto access = access_to(admin);
    ASSERT_FALSE(access) << text;
    EXPECT_THAT(access.error().to_string(), HasSubstr("c.yaml:7: error: admin.token_file " + admin.token_file));
  }
  admin.token_file = (folder.path() / "nowhere").string();
  EXPECT_FALSE(access_to(admin));
}

}  // namespace
}  // namespace realpeer::admin
