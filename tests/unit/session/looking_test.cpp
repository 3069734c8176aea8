// Which connections are seen.
#include "session/looking.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace realpeer::session {
namespace {

net::Endpoint at(const std::string& text) { return *net::parse_endpoint(text); }

observe::Record record(std::uint64_t id) {
  observe::Record record;
  record.id = id;
  record.since = std::chrono::steady_clock::time_point(std::chrono::seconds(id));
  record.listener = id % 2 == 0 ? "even" : "odd";
  record.peer = at("10.0.0.1:" + std::to_string(1000 + id));
  record.client = at("203.0.113.42:" + std::to_string(5000 + id));
  return record;
}

class Connections : public ::testing::Test {
 protected:
  Connections() {
    for (std::uint64_t id = 1; id <= 5; ++id) open(id);
  }
  void open(std::uint64_t id) { all_.push_back(std::make_unique<Tracked>(live_, tally_, record(id))); }
  std::vector<std::uint64_t> ids(const Looking& looking) {
    std::vector<std::uint64_t> found;
    for (const auto& seen : look_at(live_, looking).records) found.push_back(seen.id);
    return found;
  }
  using Ids = std::vector<std::uint64_t>;

  observe::ListenerTally tally_;
  Live live_;
  std::deque<std::unique_ptr<Tracked>> all_;
};

TEST_F(Connections, AreSeenTheNewestFirst) {
  EXPECT_EQ(ids({}), (Ids{5, 4, 3, 2, 1}));
  const auto sight = look_at(live_, {.limit = 2});
  EXPECT_EQ(sight.records.size(), 2U);
  EXPECT_EQ(sight.matched, 5U);
  EXPECT_EQ(sight.total, 5U);
}

TEST_F(Connections, AreChosenByWhatIsKnownOfThem) {
  EXPECT_EQ(ids({.listener = "even"}), (Ids{4, 2}));
  EXPECT_EQ(ids({.id = 3}), (Ids{3}));
  EXPECT_EQ(ids({.text = "10.0.0.1:1003"}), (Ids{3}));
  EXPECT_EQ(ids({.text = "42:5004"}), (Ids{4}));
  EXPECT_EQ(ids({.text = "ODD"}), (Ids{5, 3, 1}));
  EXPECT_EQ(ids({.listener = "odd", .text = "1002"}), (Ids{}));
  EXPECT_EQ(look_at(live_, {.listener = "even", .limit = 1}).matched, 2U);
}

TEST(Matches, LooksIntoEveryField) {
  auto full = record(1);
  full.backend = "gitea";
  full.endpoint = "10.1.1.1:22";
  full.upstream = at("10.1.1.9:40001");
  full.server_name = "git.example.com";
  full.unique_id = std::string("\x01\xff", 2);
  full.request.emplace().host = "www.example.org";
  full.request->path = "/api";
  for (const char* text : {"gitea", "10.1.1.1:22", "10.1.1.9:40001", "GIT.example", "01ff", "www.", "/api", "odd"}) {
    EXPECT_TRUE(matches(full, {.text = text})) << text;
  }
  EXPECT_FALSE(matches(full, {.text = "elsewhere"}));
}

TEST_F(Connections, ThatEndedAreRemembered) {
  all_[1]->record.end = "closed";
  all_.erase(all_.begin() + 1);
  all_.front()->record.end = "";  // it never began
  all_.pop_front();
  EXPECT_EQ(ids({}), (Ids{5, 4, 3}));
  EXPECT_EQ(ids({.ended = true}), (Ids{2}));
  for (std::uint64_t id = 10; id < 10 + 2 * Live::remembered; ++id) {
    open(id);
    all_.back()->record.end = "closed";
    all_.pop_back();
  }
  const auto sight = look_at(live_, {.ended = true, .limit = 1000});
  EXPECT_EQ(sight.total, Live::remembered);
  EXPECT_EQ(sight.records.front().id, 9 + 2 * Live::remembered);
}

TEST_F(Connections, OfRequestsAreSeenAsTheNewestOne) {
  auto request = record(5);
  request.backend = "app";
  all_.back()->begin(request);
  EXPECT_EQ(look_at(live_, {}).records.front().backend, "app");
  request.end = "closed";
  request.bytes_out = 7;
  all_.back()->end(request);
  const auto idle = look_at(live_, {}).records.front();
  EXPECT_EQ(idle.bytes_out, 7U);
  EXPECT_EQ(idle.end, "");  // the connection goes on
  EXPECT_EQ(look_at(live_, {.ended = true}).records.front().end, "closed");
  auto bytes = record(5);
  bytes.backend = "other";
  all_.back()->become(bytes);
  EXPECT_EQ(look_at(live_, {}).records.front().backend, "other");
}

// Strangers write them, and they are kept as long as the connection.
TEST_F(Connections, KeepNoLongPaths) {
  auto request = record(5);
  request.request.emplace().path = std::string(60'000, 'p');
  all_.back()->begin(request);
  const auto path = [this](bool ended) { return look_at(live_, {.ended = ended}).records.front().request->path; };
  EXPECT_EQ(path(false).size(), 259U);
  request.end = "closed";
  all_.back()->end(request);
  EXPECT_EQ(path(false).size(), 259U);
  EXPECT_EQ(path(true), std::string(256, 'p') + "...");
}

TEST(Sight, OfSeveralWorkersIsOne) {
  Sight all;
  all.add({.total = 3, .matched = 2, .records = {record(5), record(2)}}, 3);
  all.add({.total = 1, .matched = 1, .records = {record(4)}}, 3);
  all.add({.total = 9, .matched = 1, .records = {record(1)}}, 3);
  EXPECT_EQ(all.total, 13U);
  EXPECT_EQ(all.matched, 4U);
  ASSERT_EQ(all.records.size(), 3U);
  EXPECT_EQ(all.records[0].id, 5U);
  EXPECT_EQ(all.records[1].id, 4U);
  EXPECT_EQ(all.records[2].id, 2U);
}

}  // namespace
}  // namespace realpeer::session
