// Numbers and times in words.
#include "console/figures.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace realpeer::console {
namespace {

using namespace std::chrono_literals;

TEST(Figures, OfBytesHaveThreeDigits) {
  const std::pair<double, const char*> cases[] = {{0, "0 B"},        {1023, "1023 B"},     {1024, "1 KiB"},
                                                  {1536, "1.5 KiB"}, {1048575, "1 MiB"},   {102.4 * 1024, "102 KiB"},
                                                  {5e9, "4.7 GiB"},  {1.2e18, "1066 PiB"}, {99.96 * 1024, "100 KiB"}};
  for (const auto& [number, text] : cases) EXPECT_EQ(bytes(number), text);
}

TEST(Figures, OfRatesSayWhatCounts) {
  const std::pair<double, const char*> cases[] = {{0, "0"},       {0.25, "0.2"},  {3, "3"},          {3.51, "3.5"},
                                                  {99.9, "99.9"}, {99.96, "100"}, {12345.6, "12346"}};
  for (const auto& [number, text] : cases) EXPECT_EQ(per_second(number), text);
  EXPECT_EQ(count(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(share(1, 3), "33%");
  EXPECT_EQ(share(0, 0), "-");
}

TEST(Figures, OfTimesSayWhatCounts) {
  const std::pair<std::chrono::milliseconds, const char*> cases[] = {
      {-5s, "0s"},        {999ms, "0s"}, {59s, "59s"},   {60s, "1m 0s"},
      {3599s, "59m 59s"}, {1h, "1h 0m"}, {25h, "1d 1h"}, {400 * 24h, "400d 0h"}};
  for (const auto& [time, text] : cases) EXPECT_EQ(age(time), text);
  const std::pair<double, const char*> bounds[] = {{0.0001, "100 us"}, {0.00025, "250 us"}, {0.001, "1 ms"},
                                                   {0.0025, "2.5 ms"}, {0.5, "500 ms"},     {1, "1 s"},
                                                   {5, "5 s"}};
  for (const auto& [time, text] : bounds) EXPECT_EQ(seconds(time), text);
}

TEST(Figures, ReadTimesAsTheDaemonWritesThem) {
  const auto time = read_time("2026-01-02T03:04:05.678Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->time_since_epoch(), 1767323045678ms);
  EXPECT_EQ(date_and_time(*time), "2026-01-02 03:04:05Z");
  for (const char* wrong : {"", "now", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.6Z", "2026-01-02T03:04:05.678",
                            "2026-01-02T03:04:05.678+", "2026-13-02T03:04:05.678Z", "2026-01-02T03:04:05.x78Z"}) {
    EXPECT_FALSE(read_time(wrong)) << wrong;
  }
}

TEST(Figures, OfAHistogramAreTheBoundsOfItsBuckets) {
  const auto value = boost::json::parse(
      R"({"count":100,"sum":1,"buckets":[{"le":0.0001,"count":10},{"le":0.001,"count":50},{"le":1,"count":98},{"le":null,"count":100}]})");
  const Fields histogram(value.get_object());
  EXPECT_EQ(quantile(histogram, 0.1), "100 us");
  EXPECT_EQ(quantile(histogram, 0.5), "1 ms");
  EXPECT_EQ(quantile(histogram, 0.51), "1 s");
  EXPECT_EQ(quantile(histogram, 0.99), "more than 1 s");
  EXPECT_EQ(quantile(Fields(nullptr), 0.5), "-");
}

}  // namespace
}  // namespace realpeer::console
