#include "upstream/balance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

namespace realpeer::upstream {
namespace {

using boost::asio::ip::make_address;
using config::Balance;
using testing::AllOf;
using testing::Ge;
using testing::Le;

const net::Address nobody = make_address("192.0.2.1");

// Endpoints a, b, c, … with what choose() needs of them.
class Endpoints {
 public:
  void add(std::uint32_t weight, std::uint32_t active = 0) {
    const std::string text = "10.0.0." + std::to_string(candidates_.size() + 1) + ":80";
    credits_.push_back(0);
    candidates_.push_back({weight, active, identity_of(text), &credits_.back()});
  }

  char choose(Balance balance, const net::Address& client = nobody) {
    return static_cast<char>('a' + upstream::choose(balance, candidates_, client));
  }
  std::string choose_many(Balance balance, int count) {
    std::string chosen;
    for (int i = 0; i < count; ++i) chosen += choose(balance);
    return chosen;
  }
  // The client's endpoint when the others are all there are.
  char choose_without(char lost, const net::Address& client) {
    std::vector<Candidate> left = candidates_;
    left.erase(left.begin() + (lost - 'a'));
    const char chosen = static_cast<char>('a' + upstream::choose(Balance::client_hash, left, client));
    return chosen < lost ? chosen : static_cast<char>(chosen + 1);
  }
  Candidate& operator[](char name) { return candidates_[static_cast<std::size_t>(name - 'a')]; }

 private:
  std::deque<std::int64_t> credits_;
  std::vector<Candidate> candidates_;
};

Endpoints equal(int count) {
  Endpoints endpoints;
  for (int i = 0; i < count; ++i) endpoints.add(1);
  return endpoints;
}

TEST(RoundRobin, TakesTurns) { EXPECT_EQ(equal(3).choose_many(Balance::round_robin, 7), "abcabca"); }

TEST(RoundRobin, SpreadsWeightsSmoothly) {
  Endpoints endpoints;
  endpoints.add(5);
  endpoints.add(1);
  endpoints.add(1);
  EXPECT_EQ(endpoints.choose_many(Balance::round_robin, 14), "aabacaaaabacaa");
}

TEST(RoundRobin, HasOneChoiceOfOne) { EXPECT_EQ(equal(1).choose_many(Balance::round_robin, 3), "aaa"); }

TEST(LeastConnections, TakesTheFewest) {
  Endpoints endpoints;
  endpoints.add(1, 5);
  endpoints.add(1, 3);
  endpoints.add(1, 4);
  EXPECT_EQ(endpoints.choose(Balance::least_connections), 'b');
}

TEST(LeastConnections, CountsPerWeight) {
  Endpoints endpoints;
  endpoints.add(1, 2);  // 3 / 1 with the one to come
  endpoints.add(4, 9);  // 10 / 4
  EXPECT_EQ(endpoints.choose(Balance::least_connections), 'b');
  endpoints['b'].active = 12;  // 13 / 4
  EXPECT_EQ(endpoints.choose(Balance::least_connections), 'a');
}

TEST(LeastConnections, TakesTurnsAmongEquals) {
  Endpoints endpoints = equal(3);
  endpoints['b'].active = 1;
  EXPECT_EQ(endpoints.choose_many(Balance::least_connections, 4), "acac");
}

net::Address client(int number) {
  return boost::asio::ip::address_v4(0xC6336400U + static_cast<std::uint32_t>(number));  // 198.51.100.0 and on
}

TEST(ClientHash, KeepsAClientWhereItIs) {
  Endpoints endpoints = equal(5);
  for (int i = 0; i < 100; ++i) {
    const char first = endpoints.choose(Balance::client_hash, client(i));
    for (int again = 0; again < 3; ++again) EXPECT_EQ(endpoints.choose(Balance::client_hash, client(i)), first);
  }
}

TEST(ClientHash, IsTheSameForAnAddressAndItsMappedForm) {
  Endpoints endpoints = equal(5);
  for (int i = 0; i < 100; ++i) {
    const net::Address mapped = net::mapped_v6(client(i));
    EXPECT_EQ(endpoints.choose(Balance::client_hash, client(i)), endpoints.choose(Balance::client_hash, mapped));
  }
}

TEST(ClientHash, SpreadsByWeight) {
  Endpoints endpoints;
  endpoints.add(1);
  endpoints.add(2);
  endpoints.add(1);
  std::map<char, int> counts;
  for (int i = 0; i < 40'000; ++i) ++counts[endpoints.choose(Balance::client_hash, client(i))];
  EXPECT_THAT(counts['a'], AllOf(Ge(9'500), Le(10'500)));
  EXPECT_THAT(counts['b'], AllOf(Ge(19'500), Le(20'500)));
  EXPECT_THAT(counts['c'], AllOf(Ge(9'500), Le(10'500)));
}

TEST(ClientHash, MovesOnlyTheClientsOfALostEndpointAndSpreadsThem) {
  Endpoints endpoints = equal(4);
  std::set<char> taken_by;
  for (int i = 0; i < 1'000; ++i) {
    const char before = endpoints.choose(Balance::client_hash, client(i));
    const char after = endpoints.choose_without('c', client(i));
    if (before != 'c') {
      EXPECT_EQ(after, before);
    } else {
      taken_by.insert(after);
    }
  }
  EXPECT_EQ(taken_by, (std::set<char>{'a', 'b', 'd'}));
}

TEST(ClientHash, IsAContractBetweenVersions) {
  // Two gateways of different versions in front of the same endpoints must agree.
  Endpoints endpoints = equal(8);
  std::string chosen;
  for (int i = 0; i < 16; ++i) chosen += endpoints.choose(Balance::client_hash, client(i));
  EXPECT_EQ(chosen, "abbhegdeacbbccgf");
  EXPECT_EQ(identity_of("10.0.0.1:80"), 6834485282503893322U);
}

}  // namespace
}  // namespace realpeer::upstream
