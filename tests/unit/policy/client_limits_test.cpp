#include "policy/client_limits.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace realpeer::policy {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using Known = ClientLimits::Known;

const Clock::time_point start = Clock::time_point() + 24h;
const net::Address someone = make_address("203.0.113.42");

ClientPolicy rate_of(std::uint32_t count, std::uint32_t burst) {
  return {.rate = Rate{count, 1s, burst}, .concurrent = 0, .ban = {}};
}

// By one policy all the time.
struct Limits {
  explicit Limits(const ClientPolicy& by, std::size_t most = 1U << 18U) : policy(by), limits(most) {}
  ClientLimits::Verdict connect(const net::Address& client, Known known, Clock::time_point now) {
    return limits.connect(policy, client, known, now);
  }
  void disconnect(const net::Address& client) { limits.disconnect(client); }
  [[nodiscard]] std::size_t size() const { return limits.size(); }

  ClientPolicy policy;
  ClientLimits limits;
};

// How many of so many connections at once are admitted.
int admitted(Limits& limits, const net::Address& client, int attempts, Clock::time_point now) {
  int count = 0;
  for (int i = 0; i < attempts; ++i) {
    if (limits.connect(client, Known::directly, now).verdict != ClientVerdict::admitted) continue;
    ++count;
    limits.disconnect(client);
  }
  return count;
}

TEST(Rates, AdmitABurstAndThenTheRate) {
  Limits limits(rate_of(10, 5));
  EXPECT_EQ(admitted(limits, someone, 100, start), 5);
  EXPECT_EQ(admitted(limits, someone, 100, start + 99ms), 0);
  EXPECT_EQ(admitted(limits, someone, 100, start + 100ms), 1);
  EXPECT_EQ(admitted(limits, someone, 100, start + 300ms), 2);
  EXPECT_EQ(admitted(limits, someone, 100, start + 1h), 5) << "no more than a burst is saved up";
}

TEST(Rates, AreExactOverTime) {
  Limits limits(rate_of(50, 1));
  int count = 0;
  for (int ms = 0; ms < 10'000; ++ms) count += admitted(limits, someone, 1, start + std::chrono::milliseconds(ms));
  EXPECT_EQ(count, 500);
}

TEST(Rates, AreEachClientsOwn) {
  Limits limits(rate_of(1, 1));
  EXPECT_EQ(admitted(limits, someone, 3, start), 1);
  EXPECT_EQ(admitted(limits, make_address("203.0.113.43"), 3, start), 1);
}

TEST(Rates, CountAMappedAddressAsItsOwn) {
  Limits limits(rate_of(1, 1));
  EXPECT_EQ(admitted(limits, someone, 1, start), 1);
  EXPECT_EQ(admitted(limits, make_address("::ffff:203.0.113.42"), 1, start), 0);
}

TEST(Rates, CountAnIPv6NetworkOfSixtyFourBitsAsOne) {
  Limits limits(rate_of(1, 1));
  EXPECT_EQ(admitted(limits, make_address("2001:db8:0:1::1"), 1, start), 1);
  EXPECT_EQ(admitted(limits, make_address("2001:db8:0:1:ffff::2"), 1, start), 0);
  EXPECT_EQ(admitted(limits, make_address("2001:db8:0:2::1"), 1, start), 1);
}

TEST(Concurrency, IsACeiling) {
  Limits limits({.rate = {}, .concurrent = 2, .ban = {}});
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::too_many);
  limits.disconnect(someone);
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
}

TEST(Policies, MayChangeWhileClientsAreConnected) {
  Limits limits({.rate = {}, .concurrent = 2, .ban = {}});
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
  limits.policy.concurrent = 3;
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::admitted);
  limits.policy.concurrent = 1;
  limits.disconnect(someone);
  limits.disconnect(someone);
  EXPECT_EQ(limits.connect(someone, Known::directly, start).verdict, ClientVerdict::too_many) << "one is left";
}

constexpr int enough = 10;  // refusals, for a burst that is smaller

struct Banning {
  explicit Banning(const ClientPolicy& limited) : limits(with_ban(limited)) {}
  static ClientPolicy with_ban(ClientPolicy policy) {
    policy.ban = 10min;
    return policy;
  }
  // How many of these it took to be banned; nothing: it was not.
  std::optional<int> banned_after(int connections, Clock::duration apart, Known known = Known::directly) {
    for (int i = 1; i <= connections; ++i, now += apart) {
      if (limits.connect(someone, known, now).ban) return i;
    }
    return std::nullopt;
  }

  Limits limits;
  Clock::time_point now = start;
};

TEST(Bans, ComeAfterAsManyRefusalsAsABurstHas) {
  Banning banning(rate_of(1, 30));
  EXPECT_EQ(banning.banned_after(100, 0s), 30 + 30);
  EXPECT_EQ(banning.banned_after(100, 0s), 30) << "it counts anew";
}

TEST(Bans, TakeTenRefusalsAtLeast) {
  EXPECT_EQ(Banning(rate_of(1, 1)).banned_after(100, 0s), 1 + enough);
  EXPECT_EQ(Banning({.rate = {}, .concurrent = 1, .ban = {}}).banned_after(100, 0s), 1 + enough);
}

TEST(Bans, ComeOfTwiceTheRateAndMore) { EXPECT_TRUE(Banning(rate_of(5, 5)).banned_after(1000, 1000ms / 20)); }

// An office behind one address that is a little over its rate is refused now and then, and goes on.
TEST(Bans, DoNotComeOfALittleTooMuch) {
  EXPECT_FALSE(Banning(rate_of(5, 5)).banned_after(1000, 1000ms / 6));
  EXPECT_FALSE(Banning(rate_of(5, 5)).banned_after(1000, 1000ms / 9));
}

TEST(Bans, DoNotComeOfRefusalsFarApart) {
  EXPECT_FALSE(Banning({.rate = {}, .concurrent = 2, .ban = {}}).banned_after(100, 11s));
}

// What a gateway says of a client may be wrong: it must not get anybody banned, nor near it.
TEST(Bans, DoNotComeOfWhatAHeaderSays) {
  Banning banning(rate_of(1, 1));
  EXPECT_FALSE(banning.banned_after(100, 0s, Known::by_header));
  EXPECT_EQ(banning.banned_after(100, 0s), enough);
}

TEST(Bans, AreNotAskedForByDefault) {
  Limits limits(rate_of(1, 1));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limits.connect(someone, Known::directly, start).ban);
}

net::Address client(std::uint32_t number) { return boost::asio::ip::address_v4(0x0A000000U + number); }

TEST(Memory, IsBoundedUnderAMillionClients) {
  Limits limits(rate_of(1, 1), 10'000);
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    limits.connect(client(i), Known::directly, start);
    limits.disconnect(client(i));
  }
  EXPECT_LE(limits.size(), 10'000U);
  EXPECT_GE(limits.size(), 9'000U);
}

TEST(Memory, IsGivenBackWhenClientsStayAway) {
  Limits limits(rate_of(1, 1));
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    limits.connect(client(i), Known::directly, start);
    limits.disconnect(client(i));
  }
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    limits.connect(client(100'000 + i), Known::directly, start + 1h);
    limits.disconnect(client(100'000 + i));
  }
  EXPECT_LE(limits.size(), 5'000U);
}

TEST(Memory, NeverForgetsAClientThatIsConnected) {
  Limits limits({.rate = {}, .concurrent = 1, .ban = {}}, 640);
  for (std::uint32_t i = 0; i < 1'000; ++i) limits.connect(client(i), Known::directly, start);
  for (std::uint32_t i = 0; i < 10'000; ++i) admitted(limits, client(10'000 + i), 1, start);
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(limits.connect(client(i), Known::directly, start).verdict, ClientVerdict::too_many);
  }
}

TEST(Workers, MayCountAtOnce) {
  Limits limits({.rate = {}, .concurrent = 1'000'000, .ban = {}});
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < 4; ++worker) {
      workers.emplace_back([&limits] {
        for (std::uint32_t i = 0; i < 20'000; ++i) {
          limits.connect(client(i % 100), Known::directly, start);
          limits.disconnect(client(i % 100));
        }
      });
    }
  }
  EXPECT_LE(limits.size(), 100U);
}

}  // namespace
}  // namespace realpeer::policy
