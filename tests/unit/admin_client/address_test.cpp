// How people write where an admin listener is.
#include "admin_client/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::admin_client {
namespace {

using ::testing::HasSubstr;

TEST(AdminClientAddress, IsReadAsPeopleWriteIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"127.0.0.1:9901", "127.0.0.1:9901"},
      {"[::1]:9901", "[::1]:9901"},
      {"[fe80::1%eth0]:9901", "[fe80::1%eth0]:9901"},
      {"edge.internal:9901", "edge.internal:9901"},
      {"http://127.0.0.1:9901", "127.0.0.1:9901"},
      {"http://[::1]:9901/", "[::1]:9901"},
      {"unix:/run/realpeer/admin.sock", "unix:/run/realpeer/admin.sock"},
      {"unix:admin.sock", "unix:admin.sock"},
  };
  for (const auto& [text, named] : cases) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address) << text << ": " << address.error().text;
    EXPECT_EQ(address->to_string(), named);
  }
}

TEST(AdminClientAddress, SaysWhatToWriteInstead) {
  const std::pair<std::string, std::string> cases[] = {
      {"127.0.0.1", "'127.0.0.1' has no port: write '127.0.0.1:PORT'; an admin listener is named as in"},
      {"http://edge", "'edge' has no port"},
      {"::1:9901", "put brackets around an IPv6 address"},
      {"edge:99999", "is not a port"},
      {"edge:9901/metrics", "is not a port"},
      {"https://edge:9901", "write http:// or nothing in place of https://"},
      {":9901", "names no host"},
      {"", "has no port"},
      {"unix:", "names no socket: write it as in unix:/run/realpeer/admin.sock"},
      {"unix:/" + std::string(107, 'x'), "at most 107 bytes"},
      {"\x1b[2J", "\\x1b[2J"},
  };
  for (const auto& [text, error] : cases) {
    const auto address = Address::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().text, HasSubstr(error)) << text;
  }
}

}  // namespace
}  // namespace realpeer::admin_client
