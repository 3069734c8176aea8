#include "upstream/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace realpeer::upstream {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::HasSubstr;

const net::Address client = make_address("192.0.2.1");

config::Backend backend_of(std::vector<config::EndpointSpec> endpoints) {
  config::Backend backend;
  backend.name = "app";
  backend.endpoints = std::move(endpoints);
  backend.ejection = {.failures = 2, .duration = 1h};
  return backend;
}

class ThreeEndpoints : public testing::Test {
 protected:
  // The next place, when these were tried. Held until the end of the test.
  std::string next(const Pool::Tried& tried = {}) {
    auto lease = pool.next(client, tried);
    if (!lease) return "none: " + lease.error().why;
    leases.push_back(std::move(*lease));
    return leases.back().endpoint().text;
  }
  Endpoint& endpoint(std::size_t index) { return *pool.endpoints().at(index); }
  // Attempts at this endpoint, one after the other.
  void fail(std::size_t index, Failure how, int times = 2) {
    for (int i = 0; i < times; ++i) place_at(index).failed(how, "for the test");
  }
  Lease place_at(std::size_t index) {
    Pool::Tried others;
    for (const auto& other : pool.endpoints()) {
      if (other.get() != &endpoint(index)) others.push_back(other);
    }
    return std::move(*pool.next(client, others));
  }

  config::Backend backend = backend_of({{"10.0.0.1", 80}, {"10.0.0.2", 80}, {"10.0.0.3", 80}});
  Pool pool{backend};
  std::deque<Lease> leases;
};

TEST_F(ThreeEndpoints, TakeTurns) {
  EXPECT_EQ(next(), "10.0.0.1:80");
  EXPECT_EQ(next(), "10.0.0.2:80");
  EXPECT_EQ(next(), "10.0.0.3:80");
  EXPECT_EQ(next(), "10.0.0.1:80");
}

TEST_F(ThreeEndpoints, AreEachTriedOnce) {
  Pool::Tried tried;
  for (int i = 0; i < 3; ++i) {
    next(tried);
    EXPECT_THAT(tried, testing::Not(testing::Contains(leases.back().shared_endpoint())));
    tried.push_back(leases.back().shared_endpoint());
  }
  EXPECT_EQ(next(tried), "none: ");
}

TEST_F(ThreeEndpoints, PassOverTheOneThatRests) {
  fail(1, Failure::slow);
  EXPECT_EQ(next(), "10.0.0.1:80");
  EXPECT_EQ(next(), "10.0.0.3:80");
  EXPECT_EQ(next(), "10.0.0.1:80");
}

TEST_F(ThreeEndpoints, AreRefusedAtOnceWhenAllRestForTheirSilence) {
  for (std::size_t i = 0; i < 3; ++i) fail(i, Failure::slow);
  EXPECT_EQ(next(),
            "none: 10.0.0.1:80: resting: for the test; 10.0.0.2:80: resting: for the test; 10.0.0.3:80: "
            "resting: for the test");
}

TEST_F(ThreeEndpoints, FallBackOnOneThatWasRefusedQuickly) {
  fail(0, Failure::slow);
  fail(1, Failure::quick);
  fail(2, Failure::slow);
  EXPECT_EQ(next(), "10.0.0.2:80");
  EXPECT_EQ(next(), "10.0.0.2:80");
}

TEST_F(ThreeEndpoints, TakeTheOneBackThatSucceeds) {
  fail(0, Failure::quick);
  fail(1, Failure::quick);
  fail(2, Failure::quick);
  place_at(1).succeeded();
  EXPECT_EQ(next(), "10.0.0.2:80");
  EXPECT_EQ(next(), "10.0.0.2:80");
}

TEST_F(ThreeEndpoints, CountTheirConnections) {
  next();
  next();
  next();
  next();
  EXPECT_EQ(endpoint(0).active, 2U);
  EXPECT_EQ(endpoint(1).active, 1U);
  leases.clear();
  EXPECT_EQ(endpoint(0).active, 0U);
}

TEST_F(ThreeEndpoints, SayHowTheyAre) {
  next();
  leases.back().succeeded();
  fail(2, Failure::quick);
  const auto status = pool.status();
  ASSERT_EQ(status.size(), 3U);
  EXPECT_EQ(status[0].state, "up");
  EXPECT_EQ(status[0].why, "");
  EXPECT_EQ(status[0].active, 1U);
  EXPECT_EQ(status[0].connections, 1U);
  EXPECT_EQ(status[2].endpoint, "10.0.0.3:80");
  EXPECT_EQ(status[2].state, "resting");
  EXPECT_EQ(status[2].why, "for the test");
  EXPECT_EQ(status[2].failures, 2U);
}

// A single endpoint that was silent, and whose rest is over.
class Trial : public testing::Test {
 protected:
  Trial() {
    pool.next(client, {})->failed(Failure::slow, "for the test");
    while (endpoint().standing.state(Clock::now()) != State::trial) {
    }
  }
  Endpoint& endpoint() { return *pool.endpoints().front(); }

  static config::Backend one() {
    config::Backend backend = backend_of({{"10.0.0.1", 80}});
    backend.ejection = {.failures = 1, .duration = 1ms};
    return backend;
  }
  config::Backend backend = one();
  Pool pool{backend};
};

TEST_F(Trial, IsOneConnectionAtATime) {
  const auto trying = pool.next(client, {});
  ASSERT_TRUE(trying);
  const auto second = pool.next(client, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().why, HasSubstr("on trial"));
}

TEST_F(Trial, IsFreeAgainWhenItEndsWithoutAWord) {
  { const auto dropped = pool.next(client, {}); }
  EXPECT_TRUE(pool.next(client, {}));
}

TEST(Verdicts, OfAttemptsFromBeforeDoNotEndATrial) {
  config::Backend backend = backend_of({{"10.0.0.1", 80}});
  backend.ejection = {.failures = 1, .duration = 1ms};
  Pool pool(backend);
  auto old = pool.next(client, {});
  pool.next(client, {})->failed(Failure::slow, "for the test");
  while (pool.endpoints().front()->standing.state(Clock::now()) != State::trial) {
  }
  const auto trying = pool.next(client, {});
  ASSERT_TRUE(trying);
  old->failed(Failure::slow, "for the test");
  EXPECT_FALSE(pool.next(client, {})) << "the trial goes on";
}

TEST(MaxConnections, AreNeverExceeded) {
  config::Backend backend = backend_of({{"10.0.0.1", 80}, {"10.0.0.2", 80}});
  backend.endpoints[0].max_connections = 1;
  backend.endpoints[1].max_connections = 2;
  Pool pool(backend);
  std::deque<Lease> leases;
  for (int i = 0; i < 3; ++i) {
    auto lease = pool.next(client, {});
    ASSERT_TRUE(lease);
    leases.push_back(std::move(*lease));
  }
  const auto fourth = pool.next(client, {});
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().why, "10.0.0.1:80: full: max_connections 1; 10.0.0.2:80: full: max_connections 2");
  leases.clear();
  EXPECT_TRUE(pool.next(client, {}));
}

TEST(Checks, DecideWhoMayBeChosen) {
  config::Backend backend = backend_of({{"10.0.0.1", 80}, {"10.0.0.2", 80}});
  backend.health = config::Health{.rise = 1, .fall = 1};
  Pool pool(backend);
  const auto endpoints = pool.endpoints();
  pool.checked(*endpoints[0], false, "Connection refused", Clock::now());
  EXPECT_EQ(pool.next(client, {})->endpoint().text, "10.0.0.2:80");
  pool.checked(*endpoints[1], false, "no answer in time", Clock::now());
  EXPECT_EQ(pool.next(client, {}).error().why,
            "10.0.0.1:80: down: Connection refused; 10.0.0.2:80: down: no answer in time");
  pool.checked(*endpoints[0], true, "", Clock::now());
  EXPECT_EQ(pool.next(client, {})->endpoint().text, "10.0.0.1:80");
}

class Named : public testing::Test {
 protected:
  std::vector<std::string> addresses() {
    std::vector<std::string> texts;
    for (const auto& endpoint : pool.endpoints()) texts.push_back(endpoint->text);
    return texts;
  }

  config::Backend backend = backend_of({{"web.internal", 80}, {"10.0.0.9", 81}});
  Pool pool{backend};
};

TEST_F(Named, HasNoEndpointsBeforeItsFirstAddress) {
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.9:81"));
  EXPECT_EQ(pool.status().front().state, "unresolved");
  const auto none = pool.next(client, {pool.endpoints().front()});
  EXPECT_EQ(none.error().why, "web.internal:80: the name does not resolve");
}

TEST_F(Named, HasEachOfItsAddressesAsAnEndpoint) {
  pool.set_addresses(0, {make_address("10.0.0.1"), make_address("2001:db8::1")});
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.1:80", "[2001:db8::1]:80", "10.0.0.9:81"));
}

TEST_F(Named, KeepsTheStandingOfAddressesThatStay) {
  pool.set_addresses(0, {make_address("10.0.0.1"), make_address("10.0.0.2")});
  const auto stays = pool.endpoints().at(1);
  pool.set_addresses(0, {make_address("10.0.0.2"), make_address("10.0.0.3")});
  EXPECT_THAT(addresses(), ElementsAre("10.0.0.2:80", "10.0.0.3:80", "10.0.0.9:81"));
  EXPECT_EQ(pool.endpoints().front(), stays);
}

TEST_F(Named, LetsConnectionsToALostAddressEnd) {
  pool.set_addresses(0, {make_address("10.0.0.1")});
  auto lease = pool.next(client, {});
  ASSERT_TRUE(lease);
  pool.set_addresses(0, {make_address("10.0.0.2")});
  lease->succeeded();
  EXPECT_EQ(lease->endpoint().text, "10.0.0.1:80");
  EXPECT_EQ(lease->endpoint().active, 1U);
}

TEST_F(Named, FindsAnAddressThatComesBackAsItWas) {
  pool.set_addresses(0, {make_address("10.0.0.1")});
  const auto lease = pool.next(client, {});
  pool.set_addresses(0, {make_address("10.0.0.2")});
  pool.set_addresses(0, {make_address("10.0.0.1")});
  EXPECT_EQ(pool.endpoints().front(), lease->shared_endpoint()) << "its connection counts";
}

TEST_F(Named, TakesNoMoreThanTheFirstOfVeryManyAddresses) {
  std::vector<net::Address> many;
  for (std::uint32_t i = 0; i < 1'000; ++i) many.emplace_back(boost::asio::ip::address_v4(0x0A010000U + i));
  pool.set_addresses(0, many);
  EXPECT_EQ(addresses().size(), 65U);
}

// A pool under another configuration, in the place of one that has been in use.
class Successors : public ThreeEndpoints {
 protected:
  static std::vector<std::string> states(const Pool& of) {
    std::vector<std::string> found;
    for (const auto& status : of.status()) found.push_back(status.endpoint + " " + status.state);
    return found;
  }
};

TEST_F(Successors, KnowWhoRests) {
  fail(1, Failure::quick);
  auto other = backend;
  other.endpoints.erase(other.endpoints.begin());
  other.endpoints.push_back({"10.0.0.4", 80});
  EXPECT_THAT(states(Pool(other, &pool)), ElementsAre("10.0.0.2:80 resting", "10.0.0.3:80 up", "10.0.0.4:80 up"));
}

TEST_F(Successors, CountTheConnectionsOfTheirPredecessors) {
  auto other = backend;
  for (auto& endpoint : other.endpoints) endpoint.max_connections = 1;
  next();
  Pool after(other, &pool);
  EXPECT_EQ(after.status().at(0).active, 1U);
  const auto lease = after.next(client, {});
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->endpoint().text, "10.0.0.2:80") << "the first one is full";
  leases.clear();
  EXPECT_EQ(after.status().at(0).active, 0U);
}

TEST_F(Successors, JudgeByTheirOwnSettings) {
  fail(0, Failure::quick, 1);
  auto other = backend;
  other.ejection.failures = 1;
  Pool after(other, &pool);
  auto lease = after.next(client, {});
  ASSERT_EQ(lease->endpoint().text, "10.0.0.1:80");
  lease->failed(Failure::quick, "for the test");
  EXPECT_EQ(after.status().at(0).state, "resting");
}

TEST_F(Successors, KeepTheAddressesOfNames) {
  auto named = backend_of({{"app.example.com", 80}});
  Pool before(named);
  before.set_addresses(0, {make_address("10.0.0.9")});
  named.balance = config::Balance::client_hash;
  const Pool after(named, &before);
  EXPECT_THAT(states(after), ElementsAre("10.0.0.9:80 up"));
  named.endpoints.front().host = "other.example.com";
  EXPECT_THAT(states(Pool(named, &before)), ElementsAre("other.example.com:80 unresolved"));
}

// A check may have found an endpoint down; without checks nobody would find it up again.
TEST_F(Successors, WithoutChecksForgetThatOneIsDown) {
  auto checked = backend_of({{"10.0.0.1", 80}});
  checked.health.emplace().fall = 1;
  Pool before(checked);
  before.checked(*before.endpoints().front(), false, "for the test", Clock::now());
  ASSERT_EQ(before.status().at(0).state, "down");
  EXPECT_EQ(Pool(checked, &before).status().at(0).state, "down");
  checked.health.reset();
  EXPECT_EQ(Pool(checked, &before).status().at(0).state, "up");
}

}  // namespace
}  // namespace realpeer::upstream
