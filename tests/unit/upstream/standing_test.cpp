#include "upstream/standing.h"

#include <gtest/gtest.h>

namespace realpeer::upstream {
namespace {

using namespace std::chrono_literals;

constexpr config::Ejection three_in_a_row{.failures = 3, .duration = 10s};
constexpr Clock::time_point start{};
const std::optional<config::Health> no_checks;

// As after so many failures at the start.
Standing after_failures(int count, const config::Ejection& ejection = three_in_a_row) {
  Standing standing(ejection, no_checks);
  for (int i = 0; i < count; ++i) standing.failed(Failure::refusal, start);
  return standing;
}

TEST(Ejection, ComesWithTheLastOfFailuresInARow) {
  Standing standing = after_failures(2);
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.failed(Failure::refusal, start));
  EXPECT_EQ(standing.state(start), State::resting);
  EXPECT_EQ(standing.failures_in_a_row(), 3U);
}

TEST(Ejection, DoesNotComeWhenASuccessIsBetween) {
  Standing standing = after_failures(2);
  EXPECT_FALSE(standing.succeeded());
  EXPECT_FALSE(standing.failed(Failure::refusal, start));
  EXPECT_EQ(standing.state(start), State::up);
}

TEST(Ejection, CanBeTurnedOff) {
  constexpr config::Ejection off{.failures = 0, .duration = 10s};
  EXPECT_EQ(after_failures(1'000, off).state(start), State::up);
}

TEST(Ejection, EndsInATrial) {
  const Standing standing = after_failures(3);
  EXPECT_EQ(standing.state(start + 10s - 1ms), State::resting);
  EXPECT_EQ(standing.state(start + 10s), State::trial);
}

TEST(Ejection, IsOverAfterAGoodTrial) {
  Standing standing = after_failures(3);
  EXPECT_TRUE(standing.succeeded());
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_FALSE(standing.failed(Failure::refusal, start)) << "the count begins anew";
}

TEST(Ejection, IsLongerAfterEachBadTrialUpToTenTimes) {
  Standing standing = after_failures(3);
  auto now = start;
  for (int trial = 2; trial <= 12; ++trial) {
    now += standing.rest();
    ASSERT_EQ(standing.state(now), State::trial);
    EXPECT_FALSE(standing.failed(Failure::refusal, now)) << "it was no first choice before";
    EXPECT_EQ(standing.rest(), std::min(trial, 10) * 10s);
    EXPECT_EQ(standing.state(now), State::resting);
  }
}

TEST(Ejection, IsNotProlongedByAttemptsThatWereUnderWay) {
  Standing standing = after_failures(3);
  standing.failed(Failure::refusal, start + 9s);
  EXPECT_EQ(standing.state(start + 10s), State::trial);
}

TEST(Ejection, LeavesALastResortOnlyWhereFailingIsQuick) {
  Standing standing = after_failures(3);
  EXPECT_TRUE(standing.last_resort());
  standing.failed(Failure::silence, start + 10s);
  EXPECT_FALSE(standing.last_resort());
}

const std::optional<config::Health> checks = config::Health{.rise = 2, .fall = 3};

TEST(Checks, DecideWithTheFirst) {
  Standing standing(three_in_a_row, checks);
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.checked(false));
  EXPECT_EQ(standing.state(start), State::down);
}

TEST(Checks, TakeAnEndpointDownAfterSoManyBadOnesInARow) {
  Standing standing(three_in_a_row, checks);
  EXPECT_FALSE(standing.checked(true));
  for (const bool good : {false, false, true, false, false}) EXPECT_FALSE(standing.checked(good));
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.checked(false));
  EXPECT_EQ(standing.state(start), State::down);
  EXPECT_FALSE(standing.checked(false)) << "down already";
}

TEST(Checks, BringItBackAfterSoManyGoodOnesInARow) {
  Standing standing(three_in_a_row, checks);
  standing.checked(false);
  EXPECT_FALSE(standing.checked(true));
  EXPECT_EQ(standing.state(start), State::down);
  EXPECT_TRUE(standing.checked(true));
  EXPECT_EQ(standing.state(start), State::up);
}

TEST(Checks, EndARestWhenTheyBringItBack) {
  Standing standing(three_in_a_row, checks);
  for (int i = 0; i < 3; ++i) standing.failed(Failure::silence, start);
  standing.checked(false);
  EXPECT_EQ(standing.state(start), State::down) << "worse than resting";
  standing.checked(true);
  standing.checked(true);
  EXPECT_EQ(standing.state(start), State::up);
}

}  // namespace
}  // namespace realpeer::upstream
