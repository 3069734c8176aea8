#include "config/scalars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Range<std::chrono::milliseconds> any_duration{0ms, 720h};
constexpr Range<std::uint64_t> any_number{0, UINT64_MAX};

TEST(Duration, TakesEachUnit) {
  EXPECT_EQ(*parse_duration("500ms", any_duration), 500ms);
  EXPECT_EQ(*parse_duration("5s", any_duration), 5s);
  EXPECT_EQ(*parse_duration("5m", any_duration), 5min);
  EXPECT_EQ(*parse_duration("1h", any_duration), 1h);
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const char* text : {"0s", "1ms", "1500ms", "90s", "5m", "1h", "720h"}) {
    EXPECT_EQ(to_string(*parse_duration(text, any_duration)), text);
  }
}

TEST(Duration, WithoutUnitIsRefusedWithAProposal) {
  EXPECT_EQ(parse_duration("5", any_duration).error().text, "'5' has no unit: write '5s'");
}

TEST(Duration, OfWordsFractionsOrSeveralPartsIsRefused) {
  for (const char* text : {"", "s", "soon", "1.5s", "1m30s", "5 s", "-5s", "+5s", "5d", "5S", "0x5s"}) {
    const auto parsed = parse_duration(text, any_duration);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().text, HasSubstr("is not a duration"));
  }
}

TEST(Duration, OutOfRangeIsRefusedWithTheRange) {
  constexpr Range<std::chrono::milliseconds> range{1s, 5min};
  EXPECT_EQ(parse_duration("999ms", range).error().text, "'999ms' is out of range: write 1s to 5m");
  EXPECT_FALSE(parse_duration("301s", range));
  EXPECT_TRUE(parse_duration("1s", range));
  EXPECT_TRUE(parse_duration("300s", range));
}

TEST(Duration, LargerThanTheTypeIsRefused) {
  EXPECT_FALSE(parse_duration("18446744073709551615h", any_duration));
  EXPECT_FALSE(parse_duration("99999999999999999999h", any_duration));
}

TEST(Size, TakesBytesKiBAndMiB) {
  EXPECT_EQ(*parse_size("65536", any_number), 65536U);
  EXPECT_EQ(*parse_size("64KiB", any_number), 65536U);
  EXPECT_EQ(*parse_size("1MiB", any_number), 1048576U);
}

TEST(Size, WithAnotherUnitIsRefused) {
  for (const char* text : {"", "1MB", "1kb", "1 MiB", "1.5MiB", "-1", "MiB", "1B"}) {
    const auto parsed = parse_size(text, any_number);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().text, HasSubstr("KiB or MiB"));
  }
}

TEST(Size, OutOfRangeIsRefusedWithTheRange) {
  EXPECT_EQ(parse_size("65535", ranges::splice_credit).error().text, "'65535' is out of range: write 64KiB to 64MiB");
  EXPECT_FALSE(parse_size("65MiB", ranges::splice_credit));
  EXPECT_FALSE(parse_size("18446744073709551615MiB", ranges::splice_credit));
  EXPECT_TRUE(parse_size("64KiB", ranges::splice_credit));
  EXPECT_TRUE(parse_size("64MiB", ranges::splice_credit));
}

TEST(Integer, TakesDigitsOnly) {
  EXPECT_EQ(*parse_integer("42", any_number), 42U);
  for (const char* text : {"", "4.2", "1e3", "0x10", "1_000", "-1", "many"}) {
    EXPECT_FALSE(parse_integer(text, any_number)) << text;
  }
}

TEST(Integer, OutOfRangeIsRefusedWithTheRange) {
  EXPECT_EQ(parse_integer("107", ranges::max_header).error().text, "'107' is out of range: write 108 to 65551");
  EXPECT_TRUE(parse_integer("108", ranges::max_header));
  EXPECT_TRUE(parse_integer("65551", ranges::max_header));
  EXPECT_FALSE(parse_integer("65552", ranges::max_header));
}

TEST(Name, MayBeADirectory) {
  for (const std::string& text : {std::string("a"), std::string("prod-1.example_b"), std::string(63, 'x')}) {
    EXPECT_EQ(*parse_name(text), text);
  }
}

TEST(Name, ThatIsNoSafeDirectoryIsRefused) {
  for (const std::string& text : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                  std::string("a b"), std::string("\xc3\xa4"), std::string(64, 'x')}) {
    EXPECT_FALSE(parse_name(text)) << text;
  }
}

TEST(LogTarget, IsStdoutOffOrAPath) {
  for (const char* text : {"stdout", "off", "/var/log/access.log", "./access.log"}) {
    EXPECT_EQ(*parse_log_target(text), text);
  }
}

TEST(LogTarget, ThatLooksLikeAMisspeltWordIsRefused) {
  for (const char* text : {"", "stderr", "of", "access.log", "/var/log/"}) EXPECT_FALSE(parse_log_target(text)) << text;
}

TEST(EndpointSpec, TakesAddressesAndNames) {
  for (const char* text : {"10.0.0.7:80", "[2001:db8::1]:443", "gitea.svc:3000", "web_1:80", "localhost:65535"}) {
    const auto parsed = parse_endpoint_spec(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->to_string(), text);
  }
}

TEST(EndpointSpec, KeepsTheHostWithoutBrackets) {
  EXPECT_EQ(parse_endpoint_spec("[2001:db8::1]:443")->host, "2001:db8::1");
}

TEST(EndpointSpec, ThatIsNeitherAddressNorNameIsRefused) {
  for (const std::string& text :
       {std::string("10.0.0.300:80"), std::string("a b:80"), std::string("a..b:80"), std::string(".a:80"),
        std::string("web"), std::string("web:0"), std::string("::1:80"), std::string("http://web:80"),
        std::string("[web]:80"), std::string("[::g]:80"), std::string(254, 'a') + ":80"}) {
    EXPECT_FALSE(parse_endpoint_spec(text)) << text;
  }
}

TEST(Choice, IsTheIndexOfTheWord) {
  constexpr std::string_view names[] = {"off", "strict"};
  EXPECT_EQ(*parse_choice("strict", names), 1U);
}

TEST(Choice, ProposesTheNearestWord) {
  constexpr std::string_view names[] = {"off", "strict"};
  EXPECT_EQ(parse_choice("strikt", names).error().text,
            "'strikt' is not known; did you mean 'strict'? choose one of off, strict");
}

TEST(Choice, ListsTheWordsIfNoneIsNear) {
  constexpr std::string_view names[] = {"off", "strict"};
  EXPECT_EQ(parse_choice("yes please", names).error().text, "'yes please' is not known: choose one of off, strict");
}

TEST(Choice, TellsWhatIsNotAvailableFromWhatIsUnknown) {
  constexpr std::string_view names[] = {"auto", "relay"};
  constexpr std::string_view unavailable[] = {"packet"};
  EXPECT_EQ(parse_choice("packet", names, unavailable).error().text,
            "'packet' is not available in this version: choose one of auto, relay");
}

}  // namespace
}  // namespace realpeer::config
