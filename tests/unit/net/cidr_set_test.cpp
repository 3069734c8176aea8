#include "net/cidr_set.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace realpeer::net {
namespace {

Cidr cidr(const std::string& text) { return *Cidr::parse(text); }
Address address(const std::string& text) { return boost::asio::ip::make_address(text); }

TEST(CidrSet, OfNothingHoldsNothing) {
  EXPECT_FALSE(CidrSet().contains(address("192.0.2.1")));
  EXPECT_FALSE(CidrSet().contains(address("::")));
}

struct Question {
  const char* address;
  bool held;
};

class CidrSetOfBothFamilies : public testing::TestWithParam<Question> {};

TEST_P(CidrSetOfBothFamilies, HoldsWhatOneOfItsNetworksDoes) {
  const CidrSet set({cidr("10.0.0.0/8"), cidr("10.1.0.0/16"), cidr("192.0.2.7"), cidr("2001:db8::/33"),
                     cidr("2001:db8:8000::5"), cidr("192.0.2.6")});
  EXPECT_EQ(set.contains(address(GetParam().address)), GetParam().held) << GetParam().address;
}

INSTANTIATE_TEST_SUITE_P(
    Edges, CidrSetOfBothFamilies,
    testing::Values(Question{"9.255.255.255", false}, Question{"10.0.0.0", true}, Question{"10.255.255.255", true},
                    Question{"11.0.0.0", false}, Question{"10.1.2.3", true}, Question{"10.2.0.0", true},
                    Question{"192.0.2.5", false}, Question{"192.0.2.6", true}, Question{"192.0.2.7", true},
                    Question{"192.0.2.8", false}, Question{"::ffff:10.2.3.4", true},
                    Question{"2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", true}, Question{"2001:db8:8000::", false},
                    Question{"2001:db8:8000::5", true}, Question{"::", false}));

TEST(CidrSet, OfAllIPv6HoldsNoIPv4) {
  const CidrSet set({cidr("::/0")});
  EXPECT_TRUE(set.contains(address("2001:db8::1")));
  EXPECT_TRUE(set.contains(address("::")));
  EXPECT_FALSE(set.contains(address("192.0.2.1")));
  EXPECT_FALSE(set.contains(address("::ffff:192.0.2.1")));
}

// A list that overlaps itself, against the plain answer.
TEST(CidrSet, SaysWhatTheListSays) {
  std::mt19937 random(7);
  std::vector<Cidr> list;
  for (int i = 0; i < 2000; ++i) {
    const auto bits = 8 + static_cast<unsigned>(random() % 25);
    const auto base = static_cast<std::uint32_t>(random() & ~((std::uint64_t{1} << (32 - bits)) - 1));
    list.push_back(cidr(boost::asio::ip::address_v4(base).to_string() + "/" + std::to_string(bits)));
  }
  const CidrSet set(list);
  int held = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Address asked = boost::asio::ip::address_v4(static_cast<std::uint32_t>(random()));
    ASSERT_EQ(set.contains(asked), any_contains(list, asked)) << asked.to_string();
    held += set.contains(asked) ? 1 : 0;
  }
  EXPECT_GT(held, 0);
  EXPECT_LT(held, 20'000);
}

}  // namespace
}  // namespace realpeer::net
