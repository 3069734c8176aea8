// The screen of `realpeer top`.
#include "console/top.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents.h"

namespace realpeer::console {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::steady_clock::time_point kStart{};

// The busy gateway, with three connections: one that moves bytes by the kernel, one that is being identified, and one
// from a client of its own.
Sample first() {
  const auto documents = busy();
  return {.listeners = documents.listeners,
          .backends = documents.backends,
          .connections = parsed(R"({"node": "edge", "state": "live", "total": 48, "matched": 48, "connections": [
    {"id": "12", "listener": "https", "peer_addr": "10.0.0.1:5001", "client_addr": null, "backend": null, "path": null,
     "bytes_in": 0, "bytes_out": 0, "bytes_spliced": 0, "duration_ms": 20},
    {"id": "11", "listener": "web", "peer_addr": "203.0.113.9:40000", "client_addr": "203.0.113.9:40000",
     "backend": "api", "path": "relay", "bytes_in": 100, "bytes_out": 200, "bytes_spliced": 0, "duration_ms": 7000},
    {"id": "10", "listener": "https", "peer_addr": "10.0.0.1:5000", "client_addr": "198.51.100.7:40001",
     "backend": "gitea", "path": "sockmap", "bytes_in": 4096, "bytes_out": 1048576, "bytes_spliced": 1000000,
     "duration_ms": 65000}]})"),
          .taken = kStart};
}

boost::json::object& nth(boost::json::object& document, const char* list, std::size_t i) {
  return document[list].as_array().at(i).as_object();
}

// Two seconds later.
Sample second() {
  auto sample = first();
  sample.taken = kStart + 2s;
  auto& https = nth(sample.listeners, "listeners", 0);
  https["connections"] = 1241;
  https["bytes"] =
      parsed(R"({"in": {"relay": 1000, "sockmap": 5002048}, "out": {"relay": 4048, "sockmap": 7004194304}})");
  nth(https, "rejected", 0)["count"] = 4;
  nth(https, "rejected", 1)["count"] = 200;
  auto& gitea = nth(sample.backends, "backends", 0);
  nth(gitea, "endpoints", 0)["connections"] = 1236;
  nth(gitea, "endpoints", 1)["failures"] = 12;
  auto& moving = nth(sample.connections, "connections", 2);
  moving["bytes_in"] = 6144;
  moving["bytes_out"] = 1048576 + 4194304;
  moving["duration_ms"] = 67000;
  auto& connections = sample.connections["connections"].as_array();
  connections.insert(connections.begin(), parsed(R"({"id": "13", "listener": "web", "peer_addr": "[2001:db8::9]:40000",
      "client_addr": "[2001:db8::9]:40000", "backend": "api", "path": "relay", "bytes_in": 2048, "bytes_out": 0,
      "bytes_spliced": 0, "duration_ms": 1500})"));
  return sample;
}

std::string shown(const Sample& now, const Sample* before, const View& view = {}) {
  return to_string(top(now, before, view), false);
}

constexpr std::string_view kScreen = R"(edge  realpeer 0.1.0  up 3d 1h  at 2026-01-05 04:14:05Z

  LISTENER  NOW  NEW/s  REFUSED/s   IN/s  OUT/s  SPLICED
  https      43    3.5        0.5  1 KiB  2 MiB     100%
  web         5      0          0    0 B    0 B        -

  BACKEND  ENDPOINT         STATE       NOW  NEW/s  FAILED/s
  gitea    10.0.0.1:22      up           42      3         0
  gitea    10.0.0.2:22      down          0      0       1.5
  api      api.internal:80  unresolved    0      0         0

Connections: 4 of 48, the newest first
  CLIENT               VIA       BACKEND  PATH      IN/s  OUT/s    AGE  BYTES  LISTENER
  [2001:db8::9]:40000  -         api      relay    1 KiB    0 B     1s  2 KiB  web
  -                    10.0.0.1  -        -          0 B    0 B     0s    0 B  https
  203.0.113.9:40000    -         api      relay      0 B    0 B     7s  300 B  web
  198.51.100.7:40001   10.0.0.1  gitea    sockmap  1 KiB  2 MiB  1m 7s  5 MiB  https
)";

TEST(Top, ShowsWhatChangedForEachSecond) {
  const auto before = first();
  EXPECT_EQ(shown(second(), &before), kScreen);
}

TEST(Top, HasNoRatesOfOneSampleAlone) {
  const auto text = shown(first(), nullptr);
  EXPECT_THAT(text, HasSubstr("  https      43      -          -     -      -        -\n"));
  EXPECT_THAT(text, HasSubstr("  gitea    10.0.0.1:22      up           42      -         -\n"));
}

TEST(Top, HasNoRatesAcrossARestart) {
  const auto before = first();
  auto now = second();
  now.listeners["started"] = "2026-01-05T04:14:00.000Z";
  EXPECT_THAT(shown(now, &before), HasSubstr("  https      43      -          -     -      -        -\n"));
}

TEST(Top, CountsFromTheStartWhatCameBack) {
  const auto before = second();
  auto now = first();
  now.taken = before.taken + 1s;
  EXPECT_THAT(shown(now, &before), HasSubstr("  gitea    10.0.0.1:22      up           42      0         0\n"));
}

TEST(Top, PutsTheBusiestFirst) {
  const auto before = first();
  const auto text = shown(second(), &before, {.order = Order::busiest});
  EXPECT_THAT(text, HasSubstr("Connections: 4 of 48, the busiest of the newest 4\n"));
  EXPECT_LT(text.find("198.51.100.7:40001"), text.find("[2001:db8::9]:40000"));
  EXPECT_LT(text.find("[2001:db8::9]:40000"), text.find("203.0.113.9:40000"));
}

TEST(Top, FitsTheScreen) {
  const auto before = first();
  for (const std::size_t height : {1U, 5U, 10U, 12U, 14U, 15U, 16U, 24U, 100U}) {
    EXPECT_LE(top(second(), &before, {.height = height, .keys = "q: quit", .trouble = "gone"}).size(), height);
  }
  const auto text = shown(second(), &before, {.height = 16});
  EXPECT_THAT(text, AllOf(HasSubstr("Connections: 3 of 48"), HasSubstr("  203.0.113.9:40000 "),
                          Not(HasSubstr("198.51.100.7"))));
}

TEST(Top, ShowsTheEndpointsInTroubleWhereNotAllHaveRoom) {
  auto now = first();
  auto& endpoints = nth(now.backends, "backends", 0)["endpoints"].as_array();
  for (int i = 3; i < 20; ++i) {
    endpoints.push_back(parsed(R"({"endpoint": "10.0.0.)" + std::to_string(i) + R"(:22", "state": "up"})"));
  }
  const auto text = shown(now, nullptr, {.height = 24});
  EXPECT_THAT(text, AllOf(HasSubstr("10.0.0.2:22"), HasSubstr("api.internal:80"), HasSubstr("and 15 more\n"),
                          HasSubstr("10.0.0.1:22"), Not(HasSubstr("10.0.0.9:22"))));
}

TEST(Top, SaysWhatItsKeysAreAndWhatIsWrong) {
  const auto text = shown(first(), nullptr, {.keys = "q: quit", .trouble = "no answer"});
  EXPECT_THAT(text, HasSubstr("14:05Z\nq: quit\nno answer\n\n"));
}

TEST(Top, ComparesWithWhatWasAWindowAgo) {
  const auto at = [](std::chrono::milliseconds time) {
    auto sample = first();
    sample.taken = kStart + time;
    return sample;
  };
  History history(at(0s));
  EXPECT_EQ(history.before(), nullptr);
  const std::pair<std::chrono::milliseconds, std::chrono::milliseconds> cases[] = {
      {2s, 0s}, {4s, 0s}, {6s, 0s}, {8s, 2s}, {10s, 4s}, {11s, 6s}, {60s, 11s}, {61s, 11s}, {65s, 60s}};
  for (const auto& [now, before] : cases) {
    history.add(at(now));
    EXPECT_EQ(history.now().taken, kStart + now);
    EXPECT_EQ(history.before()->taken, kStart + before) << now.count();
  }
}

TEST(Top, ShowsWhatClientsWroteAsText) {
  auto now = first();
  nth(now.connections, "connections", 0)["backend"] = "\x1b[2J";
  EXPECT_THAT(shown(now, nullptr), AllOf(HasSubstr("\\x1b[2J"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace realpeer::console
