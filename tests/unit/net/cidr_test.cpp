#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/address.h"

namespace realpeer::net {
namespace {

using boost::asio::ip::make_address;
using testing::HasSubstr;

Cidr cidr(std::string_view text) { return *Cidr::parse(text); }

bool contains(std::string_view network, const char* address) { return cidr(network).contains(make_address(address)); }

TEST(Cidr, ReadsANetworkOfEachFamily) {
  EXPECT_EQ(cidr("10.0.0.0/8").to_string(), "10.0.0.0/8");
  EXPECT_EQ(cidr("2001:db8::/32").to_string(), "2001:db8::/32");
}

TEST(Cidr, TakesABareAddressAsThatOneAddress) {
  EXPECT_EQ(cidr("10.1.2.3").to_string(), "10.1.2.3/32");
  EXPECT_EQ(cidr("2001:db8::1").to_string(), "2001:db8::1/128");
}

TEST(Cidr, ContainsTheFirstAndTheLastAddressOfItsNetworkOnly) {
  EXPECT_TRUE(contains("100.64.0.0/10", "100.64.0.0"));
  EXPECT_TRUE(contains("100.64.0.0/10", "100.127.255.255"));
  EXPECT_FALSE(contains("100.64.0.0/10", "100.63.255.255"));
  EXPECT_FALSE(contains("100.64.0.0/10", "100.128.0.0"));
}

TEST(Cidr, ContainsIPv6AddressesOfItsNetworkOnly) {
  EXPECT_TRUE(contains("2001:db8:8000::/33", "2001:db8:ffff::1"));
  EXPECT_FALSE(contains("2001:db8:8000::/33", "2001:db8:7fff::1"));
}

TEST(Cidr, OfOneAddressContainsThatAddressOnly) {
  EXPECT_TRUE(contains("10.1.2.3/32", "10.1.2.3"));
  EXPECT_FALSE(contains("10.1.2.3/32", "10.1.2.2"));
  EXPECT_TRUE(contains("2001:db8::1/128", "2001:db8::1"));
  EXPECT_FALSE(contains("2001:db8::1/128", "2001:db8::"));
}

TEST(Cidr, SeesMappedPeersAsIPv4) {
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_FALSE(contains("10.0.0.0/8", "::ffff:11.1.2.3"));
}

TEST(Cidr, WrittenMappedIsTheIPv4Network) {
  EXPECT_EQ(cidr("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
  EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  EXPECT_TRUE(cidr("::ffff:0.0.0.0/96").is_everything());
}

TEST(Cidr, OfAllIPv6ContainsNoIPv4) {
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
  EXPECT_FALSE(contains("::/0", "192.0.2.1"));
  EXPECT_FALSE(contains("::/0", "::ffff:192.0.2.1"));
}

TEST(Cidr, OfAllIPv4ContainsNoIPv6) {
  EXPECT_TRUE(contains("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
}

TEST(Cidr, ComparesLinkLocalPeersWithoutTheirScope) { EXPECT_TRUE(contains("fe80::/10", "fe80::1%1")); }

TEST(Cidr, KnowsWhetherItIsEverything) {
  EXPECT_TRUE(cidr("0.0.0.0/0").is_everything());
  EXPECT_TRUE(cidr("::/0").is_everything());
  EXPECT_FALSE(cidr("0.0.0.0/1").is_everything());
}

TEST(AnyContains, IsTrueIfOneNetworkDoes) {
  const std::vector cidrs{cidr("10.0.0.0/8"), cidr("2001:db8::/32")};
  EXPECT_TRUE(any_contains(cidrs, make_address("10.1.2.3")));
  EXPECT_TRUE(any_contains(cidrs, make_address("2001:db8::1")));
  EXPECT_FALSE(any_contains(cidrs, make_address("192.0.2.1")));
}

TEST(AnyContains, IsFalseForAnEmptyList) { EXPECT_FALSE(any_contains({}, make_address("10.1.2.3"))); }

struct Refusal {
  const char* name;
  const char* text;
  const char* says;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Refusal& shown, std::ostream* out) { *out << shown.name; }

class CidrRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(CidrRefuses, AndSaysWhy) {
  const auto parsed = Cidr::parse(GetParam().text);
  ASSERT_FALSE(parsed) << parsed->to_string();
  EXPECT_THAT(parsed.error(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, CidrRefuses,
    testing::Values(Refusal{"HostBits", "10.0.0.1/8", "write '10.0.0.0/8' for the network, or '10.0.0.1/32'"},
                    Refusal{"IPv6HostBits", "2001:db8::1/32", "write '2001:db8::/32'"},
                    Refusal{"APrefixTooLong", "10.0.0.0/33", "from 0 to 32"},
                    Refusal{"AnIPv6PrefixTooLong", "2001:db8::/129", "from 0 to 128"},
                    Refusal{"AnEmptyPrefix", "10.0.0.0/", "no valid prefix length"},
                    Refusal{"ANegativePrefix", "10.0.0.0/-1", "no valid prefix length"},
                    Refusal{"ANetmask", "10.0.0.0/255.0.0.0", "no valid prefix length"},
                    Refusal{"AShortAddress", "10/8", "is not a network"},
                    Refusal{"AName", "gateway.internal", "is not a network"},
                    Refusal{"AScope", "fe80::1%lo", "is not a network"}, Refusal{"Nothing", "", "is not a network"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace realpeer::net
