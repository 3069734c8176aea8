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
  for (int i = 0; i < count; ++i) standing.failed(Failure::quick, start, start);
  return standing;
}

TEST(Ejection, ComesWithTheLastOfFailuresInARow) {
  Standing standing = after_failures(2);
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.failed(Failure::quick, start, start));
  EXPECT_EQ(standing.state(start), State::resting);
  EXPECT_EQ(standing.failures_in_a_row(), 3U);
}

TEST(Ejection, DoesNotComeWhenASuccessIsBetween) {
  Standing standing = after_failures(2);
  EXPECT_FALSE(standing.succeeded(start));
  EXPECT_FALSE(standing.failed(Failure::quick, start, start));
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
  EXPECT_TRUE(standing.succeeded(start));
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_FALSE(standing.failed(Failure::quick, start, start)) << "the count begins anew";
}

TEST(Ejection, IsLongerAfterEachBadTrialUpToTenTimes) {
  Standing standing = after_failures(3);
  auto now = start;
  for (int trial = 2; trial <= 12; ++trial) {
    now += standing.rest();
    ASSERT_EQ(standing.state(now), State::trial);
    EXPECT_FALSE(standing.failed(Failure::quick, now, now)) << "it was no first choice before";
    EXPECT_EQ(standing.rest(), std::min(trial, 10) * 10s);
    EXPECT_EQ(standing.state(now), State::resting);
  }
}

TEST(Ejection, IsNotProlongedByAttemptsThatWereUnderWay) {
  Standing standing = after_failures(3);
  standing.failed(Failure::quick, start + 9s, start + 9s);
  EXPECT_EQ(standing.state(start + 10s), State::trial);
}

TEST(Ejection, CountsFailuresSideBySideOnce) {
  Standing standing(three_in_a_row, no_checks);
  for (int i = 0; i < 10; ++i) standing.failed(Failure::slow, start, start + 5s);
  EXPECT_EQ(standing.failures_in_a_row(), 1U);
  EXPECT_EQ(standing.state(start + 5s), State::up);
}

TEST(Ejection, IsNotHeldUpByAnAttemptOlderThanTheLastSuccess) {
  Standing standing = after_failures(3);
  standing.succeeded(start + 3s);
  standing.failed(Failure::slow, start, start + 5s);
  EXPECT_EQ(standing.failures_in_a_row(), 0U);
}

const std::optional<config::Health> checks = config::Health{.rise = 2, .fall = 3};

TEST(Checks, DecideWithTheFirst) {
  Standing standing(three_in_a_row, checks);
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.checked(false, start, start));
  EXPECT_EQ(standing.state(start), State::down);
}

TEST(Checks, TakeAnEndpointDownAfterSoManyBadOnesInARow) {
  Standing standing(three_in_a_row, checks);
  EXPECT_FALSE(standing.checked(true, start, start));
  for (const bool good : {false, false, true, false, false}) EXPECT_FALSE(standing.checked(good, start, start));
  EXPECT_EQ(standing.state(start), State::up);
  EXPECT_TRUE(standing.checked(false, start, start));
  EXPECT_EQ(standing.state(start), State::down);
  EXPECT_FALSE(standing.checked(false, start, start)) << "down already";
}

TEST(Checks, BringItBackAfterSoManyGoodOnesInARow) {
  Standing standing(three_in_a_row, checks);
  standing.checked(false, start, start);
  EXPECT_FALSE(standing.checked(true, start, start));
  EXPECT_EQ(standing.state(start), State::down);
  EXPECT_TRUE(standing.checked(true, start, start));
  EXPECT_EQ(standing.state(start), State::up);
}

TEST(Checks, EndARestWhenTheyBringItBack) {
  Standing standing(three_in_a_row, checks);
  for (int i = 0; i < 3; ++i) standing.failed(Failure::slow, start, start);
  standing.checked(false, start, start);
  EXPECT_EQ(standing.state(start), State::down) << "worse than resting";
  standing.checked(true, start, start);
  standing.checked(true, start, start);
  EXPECT_EQ(standing.state(start), State::up);
}

TEST(Checks, EndARestThatBeganBeforeThem) {
  Standing standing(three_in_a_row, checks);
  standing.checked(true, start, start);
  for (int i = 1; i <= 3; ++i) standing.failed(Failure::slow, start + i * 1s, start + i * 1s);
  EXPECT_FALSE(standing.checked(true, start + 2s, start + 4s)) << "it began too early to know";
  EXPECT_EQ(standing.state(start + 4s), State::resting);
  EXPECT_TRUE(standing.checked(true, start + 4s, start + 4s));
  EXPECT_EQ(standing.state(start + 4s), State::up);
}

}  // namespace
}  // namespace realpeer::upstream
