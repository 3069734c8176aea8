#include "net/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::net {
namespace {

using boost::asio::ip::make_address;
using testing::HasSubstr;

Address address(const char* text) { return make_address(text); }

TEST(Unmapped, TurnsAMappedAddressIntoIPv4) { EXPECT_EQ(unmapped(address("::ffff:192.0.2.1")), address("192.0.2.1")); }

TEST(Unmapped, LeavesIPv4AndIPv6AsTheyAre) {
  EXPECT_EQ(unmapped(address("192.0.2.1")), address("192.0.2.1"));
  EXPECT_EQ(unmapped(address("2001:db8::1")), address("2001:db8::1"));
}

TEST(Unmapped, DropsTheScope) { EXPECT_EQ(unmapped(address("fe80::1%1")), address("fe80::1")); }

TEST(Unmapped, KeepsThePortOfAnEndpoint) {
  EXPECT_EQ(unmapped(Endpoint(address("::ffff:192.0.2.1"), 80)), Endpoint(address("192.0.2.1"), 80));
}

TEST(MappedV6, TurnsIPv4IntoAMappedAddress) {
  EXPECT_EQ(mapped_v6(address("192.0.2.1")).to_string(), "::ffff:192.0.2.1");
}

TEST(MappedV6, LeavesIPv6AsItIs) { EXPECT_EQ(mapped_v6(address("2001:db8::1")).to_string(), "2001:db8::1"); }

TEST(EndpointText, HasBracketsAroundIPv6Only) {
  EXPECT_EQ(to_string(Endpoint(address("192.0.2.1"), 80)), "192.0.2.1:80");
  EXPECT_EQ(to_string(Endpoint(address("2001:db8::1"), 443)), "[2001:db8::1]:443");
}

TEST(SplitHostPort, TakesNamesAsHosts) {
  const auto split = split_host_port("web.internal:8080");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->host, "web.internal");
  EXPECT_EQ(split->port, 8080);
}

TEST(SplitHostPort, TakesTheBracketsOff) {
  const auto split = split_host_port("[2001:db8::1]:443");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->host, "2001:db8::1");
  EXPECT_EQ(split->port, 443);
}

TEST(ParseEndpoint, ReadsIPv4) {
  const auto parsed = parse_endpoint("192.0.2.1:80");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, Endpoint(address("192.0.2.1"), 80));
}

TEST(ParseEndpoint, ReadsIPv6InBrackets) {
  const auto parsed = parse_endpoint("[2001:db8::1]:65535");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, Endpoint(address("2001:db8::1"), 65535));
}

TEST(ParseEndpoint, ReadsTheWildcards) {
  EXPECT_TRUE(parse_endpoint("0.0.0.0:1"));
  EXPECT_TRUE(parse_endpoint("[::]:1"));
}

TEST(ParseEndpoint, KeepsTheScopeOfAnInterfaceThatExists) {
  const auto parsed = parse_endpoint("[fe80::1%lo]:80");
  ASSERT_TRUE(parsed);
  EXPECT_NE(parsed->address().to_v6().scope_id(), 0U);
}

struct Refusal {
  const char* name;
  std::string_view text;
  const char* says;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Refusal& shown, std::ostream* out) { *out << shown.name; }

class ParseEndpointRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ParseEndpointRefuses, AndSaysWhy) {
  const auto parsed = parse_endpoint(GetParam().text);
  ASSERT_FALSE(parsed) << to_string(*parsed);
  EXPECT_THAT(parsed.error(), HasSubstr(GetParam().says));
}

// As YAML can write it: "192.0.2.1\0.example.com:80".
constexpr std::string_view with_nul("192.0.2.1\0.example.com:80", 25);

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseEndpointRefuses,
    testing::Values(Refusal{"Nothing", "", "has no port"}, Refusal{"NoPort", "192.0.2.1", "'192.0.2.1:PORT'"},
                    Refusal{"NoPortAfterBrackets", "[::1]", "'[::1]:PORT'"},
                    Refusal{"AnEmptyPort", "192.0.2.1:", "'' in '192.0.2.1:' is not a port"},
                    Refusal{"PortZero", "192.0.2.1:0", "'0' in '192.0.2.1:0' is not a port"},
                    Refusal{"APortBeyond16Bits", "192.0.2.1:65536", "from 1 to 65535"},
                    Refusal{"ASignedPort", "192.0.2.1:+80", "is not a port"},
                    Refusal{"ANegativePort", "192.0.2.1:-80", "is not a port"},
                    Refusal{"APortWithSpace", "192.0.2.1: 80", "is not a port"},
                    Refusal{"NoHost", ":80", "names no host"}, Refusal{"EmptyBrackets", "[]:80", "names no host"},
                    Refusal{"IPv6WithoutBrackets", "2001:db8::1:80", "put brackets around an IPv6 address"},
                    Refusal{"IPv4InBrackets", "[192.0.2.1]:80", "write '192.0.2.1:80'"},
                    Refusal{"AName", "localhost:80", "names are not taken here"},
                    Refusal{"AnOctetTooLarge", "192.0.2.256:80", "is not an IP address"},
                    Refusal{"LeadingZeros", "192.0.2.010:80", "is not an IP address"},
                    Refusal{"AShortAddress", "127.1:80", "is not an IP address"},
                    Refusal{"AScopeThatDoesNotExist", "[fe80::1%nosuch]:80", "is not an IP address"},
                    Refusal{"WhatFollowsANul", with_nul, "is not an IP address"}),
    [](const auto& test) { return test.param.name; });

TEST(Household, IsAnAddressOrItsSubnet) {
  const auto household_of = [](const char* text) { return in_words(household(boost::asio::ip::make_address(text))); };
  EXPECT_EQ(household_of("203.0.113.42"), "203.0.113.42");
  EXPECT_EQ(household_of("::ffff:203.0.113.42"), "203.0.113.42");
  EXPECT_EQ(household_of("2001:db8:0:7:8:9:a:b"), "2001:db8:0:7::/64");
  EXPECT_EQ(household_of("64:ff9b::203.0.113.42"), "64:ff9b::cb00:712a") << "NAT64: many clients";
  EXPECT_EQ(household_of("fe80::9"), "fe80::9") << "the same subnet on every link";
}

TEST(Hosts, HaveNoAddressOfALoopbackOrAGroup) {
  for (const char* text : {"127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255",
                           "::", "::1", "ff02::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(is_of_a_host(boost::asio::ip::make_address(text))) << text;
  }
  for (const char* text : {"1.0.0.1", "10.0.0.1", "203.0.113.42", "2001:db8::1", "fe80::1", "fd00::1"}) {
    EXPECT_TRUE(is_of_a_host(boost::asio::ip::make_address(text))) << text;
  }
}

}  // namespace
}  // namespace realpeer::net
