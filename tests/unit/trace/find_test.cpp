// Which connection of a hop is taken for the one that is traced.
#include "trace/find.h"

#include <gtest/gtest.h>

namespace realpeer::trace {
namespace {

net::Endpoint at(const std::string& text) { return *net::parse_endpoint(text); }

const Daemon kDaemon{.node = "production",
                     .listeners = {{.name = "https", .bind = at("0.0.0.0:443"), .accept_proxy = "strict"},
                                   {.name = "ssh", .bind = at("0.0.0.0:22"), .accept_proxy = "strict"}}};
const net::Endpoint kMasqueraded = at("10.100.0.9:40000");
const net::Endpoint kClient = at("203.0.113.42:5555");

Seen seen(std::uint64_t id, const std::string& listener = "https") {
  return {.id = id, .listener = listener, .peer = kMasqueraded};
}

std::string found_by(const std::vector<Seen>& all, const Marks& marks) {
  const auto found = find(kDaemon, all, marks);
  return found ? std::to_string(found->seen.id) + " by " + found->by : "none";
}

TEST(Find, ByTheAddressItLeftTheHopBeforeWith) {
  auto ours = seen(7);
  ours.peer = at("100.64.0.1:40001");
  EXPECT_EQ(found_by({seen(8), ours, seen(6)}, {.peer = at("100.64.0.1:40001")}), "7 by its address");
}

TEST(Find, ByItsUniqueIdBehindMasquerading) {
  auto ours = seen(7);
  ours.unique_id = "abc";
  auto other = seen(8);
  other.unique_id = "abd";
  EXPECT_EQ(found_by({other, ours}, {.peer = at("100.64.0.1:40001"), .unique_id = "abc"}), "7 by its unique id");
}

TEST(Find, ByTheClientThatItWasToldOf) {
  auto ours = seen(7);
  ours.client = kClient;
  auto other = seen(8);
  other.client = at("203.0.113.42:5556");
  EXPECT_EQ(found_by({other, ours}, {.peer = at("100.64.0.1:40001"), .client = kClient}), "7 by its client");
}

TEST(Find, ByBeingTheOnlyNewOneOfItsListener) {
  const Marks marks{.peer = at("100.64.0.1:40001"), .after = 5, .port = 443};
  EXPECT_EQ(found_by({seen(6), seen(5), seen(4)}, marks), "6 by being the only new one");
  EXPECT_EQ(found_by({seen(6), seen(7, "ssh"), seen(4)}, marks), "6 by being the only new one");
  EXPECT_EQ(found_by({seen(6), seen(6)}, marks), "6 by being the only new one") << "one connection told of twice";
  EXPECT_EQ(found_by({seen(6), seen(7)}, marks), "none") << "either may be it";
  EXPECT_EQ(found_by({seen(5), seen(4)}, marks), "none") << "they were there before";
  EXPECT_EQ(found_by({}, marks), "none");
}

TEST(Find, PassesOverTheOldOnesThatHadTheSameAddress) {
  Seen old = seen(5);
  old.end = "closed";
  EXPECT_EQ(found_by({old, seen(9)}, {.peer = kMasqueraded, .after = 5}), "9 by its address");
  EXPECT_EQ(found_by({old}, {.peer = kMasqueraded, .after = 5}), "none");
}

// A connection that carries requests is older than the request.
TEST(Find, TakesAnOldOneThatIsStillOpenByItsAddress) {
  EXPECT_EQ(found_by({seen(5)}, {.peer = kMasqueraded, .after = 7}), "5 by its address");
}

TEST(Find, LooksAtEveryListenerOfThePort) {
  Daemon twice = kDaemon;
  twice.listeners.push_back({.name = "other", .bind = at("10.9.9.9:443")});
  const std::vector all{seen(6, "other")};
  EXPECT_TRUE(find(twice, all, {.after = 5, .port = 443}));
  EXPECT_FALSE(find(twice, all, {.after = 5, .port = 22}));
}

TEST(Find, TakesTheNewestOfEquals) {
  EXPECT_EQ(found_by({seen(6), seen(9), seen(7)}, {.peer = kMasqueraded}), "9 by its address");
}

}  // namespace
}  // namespace realpeer::trace
