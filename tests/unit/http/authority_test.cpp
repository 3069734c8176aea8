#include "http/authority.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace realpeer::http {
namespace {

using namespace std::string_literals;

struct Row {
  const char* name;
  std::string authority;
  std::string host{};
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

std::string name_of(const testing::TestParamInfo<Row>& test) { return test.param.name; }

class Authorities : public testing::TestWithParam<Row> {};

TEST_P(Authorities, AreTaken) { EXPECT_TRUE(is_authority(GetParam().authority)) << GetParam().authority; }

TEST_P(Authorities, HaveAHost) { EXPECT_EQ(host_of(GetParam().authority), GetParam().host); }

INSTANTIATE_TEST_SUITE_P(
    Rows, Authorities,
    testing::Values(Row{"AName", "git.example.com", "git.example.com"},
                    Row{"ANameAndPort", "git.example.com:443", "git.example.com"},
                    Row{"AsItCame", "Git.Example.COM:443", "Git.Example.COM"},
                    Row{"ANameWithADotAtItsEnd", "git.example.com.:80", "git.example.com."},
                    Row{"OneLabel", "localhost", "localhost"}, Row{"AnUnderscore", "a_b-c.1", "a_b-c.1"},
                    Row{"AnIPv4Address", "192.0.2.1", "192.0.2.1"},
                    Row{"AnIPv4AddressAndPort", "192.0.2.1:8080", "192.0.2.1"},
                    Row{"AnIPv6Address", "[2001:db8::1]", "[2001:db8::1]"},
                    Row{"AnIPv6AddressAndPort", "[2001:db8::1]:65535", "[2001:db8::1]"},
                    Row{"AMappedAddress", "[::ffff:192.0.2.1]:80", "[::ffff:192.0.2.1]"},
                    Row{"TheLongestName", std::string(253, 'a') + ".", std::string(253, 'a') + "."}),
    name_of);

class NoAuthorities : public testing::TestWithParam<Row> {};
TEST_P(NoAuthorities, AreTaken) { EXPECT_FALSE(is_authority(GetParam().authority)) << GetParam().authority; }

INSTANTIATE_TEST_SUITE_P(
    Rows, NoAuthorities,
    testing::Values(Row{"Nothing", ""}, Row{"APortAlone", ":80"}, Row{"AnEmptyPort", "a:"},
                    Row{"APortOfSixDigits", "a:000080"}, Row{"APortThatIsNoNumber", "a:http"},
                    Row{"APortWithASign", "a:+80"}, Row{"APortBeyondTheLast", "a:65536"}, Row{"TwoPorts", "a:80:80"},
                    Row{"AUser", "me@a"}, Row{"AUserWithPassword", "me:pw@a:80"}, Row{"AScheme", "http://a"},
                    Row{"APath", "a/b"}, Row{"ASpace", "a b"}, Row{"ASpaceInFront", " a"}, Row{"AList", "a,b"},
                    Row{"ALineBreak", "a\r\nX: y"}, Row{"AZero", "a\0b"s}, Row{"AnEscape", "a%2eb"},
                    Row{"BytesBeyondAscii",
                        "b\xc3\xbc"
                        "cher"},
                    Row{"AnIPv6AddressWithoutBrackets", "2001:db8::1"}, Row{"AnOpenBracket", "[2001:db8::1"},
                    Row{"AClosedBracket", "2001:db8::1]"}, Row{"EmptyBrackets", "[]"},
                    Row{"AnIPv4AddressInBrackets", "[192.0.2.1]"}, Row{"ANameInBrackets", "[a]"},
                    Row{"TextBehindBrackets", "[::1]a:80"}, Row{"TwoPairsOfBrackets", "[::1][::1]"},
                    Row{"AnAddressOfALink", "[fe80::1%eth0]"}, Row{"AnAddressOfALinkEscaped", "[fe80::1%25eth0]"},
                    Row{"ANameThatIsTooLong", std::string(255, 'a')}),
    name_of);

}  // namespace
}  // namespace realpeer::http
