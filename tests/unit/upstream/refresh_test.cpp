#include "upstream/refresh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace realpeer::upstream {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

std::vector<net::Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<net::Address> result;
  for (const char* text : texts) result.push_back(boost::asio::ip::make_address(text));
  return result;
}

struct Row {
  const char* name;
  std::int64_t given;
  std::int64_t expected;  // seconds
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

class DelayAfterAnAnswer : public testing::TestWithParam<Row> {};

TEST_P(DelayAfterAnAnswer, IsTheTtlWithinBounds) {
  EXPECT_EQ(delay_after_answer(seconds(GetParam().given)), seconds(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(Rows, DelayAfterAnAnswer,
                         testing::Values(Row{"FiveSecondsWhereNoneIsKnown", 0, 5}, Row{"AtLeastOneSecond", 1, 1},
                                         Row{"TheTtlItself", 17, 17}, Row{"TheLongest", 60, 60},
                                         Row{"AtMostAMinute", 61, 60}, Row{"AMinuteForAWeek", 604'800, 60}),
                         [](const auto& test) { return test.param.name; });

class DelayAfterFailures : public testing::TestWithParam<Row> {};

TEST_P(DelayAfterFailures, DoublesUpToHalfAMinute) {
  EXPECT_EQ(delay_after_failures(static_cast<unsigned>(GetParam().given)), seconds(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(Rows, DelayAfterFailures,
                         testing::Values(Row{"TheFirst", 1, 1}, Row{"TheSecond", 2, 2}, Row{"TheThird", 3, 4},
                                         Row{"TheFourth", 4, 8}, Row{"TheFifth", 5, 16}, Row{"TheSixth", 6, 30},
                                         Row{"TheSeventh", 7, 30}, Row{"OneAfterMonths", 4'000'000'000, 30}),
                         [](const auto& test) { return test.param.name; });

TEST(ADifference, OfEqualListsIsNothing) {
  const auto same = addresses({"192.0.2.1", "2001:db8::1"});
  EXPECT_THAT(difference(same, same).came, IsEmpty());
  EXPECT_THAT(difference(same, same).went, IsEmpty());
}

TEST(ADifference, ToTheFirstListIsAllOfIt) {
  const auto first = addresses({"192.0.2.1", "2001:db8::1"});
  EXPECT_EQ(difference({}, first).came, first);
  EXPECT_THAT(difference({}, first).went, IsEmpty());
}

TEST(ADifference, NamesWhatCameAndWhatWentAndNotWhatStayed) {
  const auto result =
      difference(addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"}), addresses({"192.0.2.2", "192.0.2.3"}));
  EXPECT_EQ(result.came, addresses({"192.0.2.3"}));
  EXPECT_EQ(result.went, addresses({"192.0.2.1", "2001:db8::1"}));
}

}  // namespace
}  // namespace realpeer::upstream
