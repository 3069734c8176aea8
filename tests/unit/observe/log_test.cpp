// The lines of the daemon's own log.
#include "observe/log.h"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <regex>

namespace realpeer::observe {
namespace {

using config::LogFormat;
using spdlog::level::level_enum;

constexpr std::string_view kOfAStranger = "no \"such\"\nname: \x1b[31mcaf\xc3\xa9\xff";

std::string line(LogFormat format, bool for_journal, level_enum level, std::string_view text) {
  const auto formatter = log_formatter(format, for_journal);
  // 2026-01-02T03:04:05.678Z
  spdlog::details::log_msg message(spdlog::log_clock::time_point(std::chrono::milliseconds(1'767'323'045'678)),
                                   spdlog::source_loc{}, "realpeer", level, {text.data(), text.size()});
  spdlog::memory_buf_t into;
  formatter->clone()->format(message, into);
  return {into.data(), into.size()};
}

TEST(LogLine, BeginsWithTimeAndLevel) {
  // In the zone of the host.
  const std::regex wanted(R"(2026-01-0[123]T\d\d:\d\d:05\.678 warning refused\n)");
  EXPECT_TRUE(std::regex_match(line(LogFormat::text, false, spdlog::level::warn, "refused"), wanted))
      << line(LogFormat::text, false, spdlog::level::warn, "refused");
}

TEST(LogLine, OfTheJournalBeginsWithItsPriority) {
  const std::pair<level_enum, std::string> cases[] = {
      {spdlog::level::critical, "<2>text\n"}, {spdlog::level::err, "<3>text\n"},   {spdlog::level::warn, "<4>text\n"},
      {spdlog::level::info, "<6>text\n"},     {spdlog::level::debug, "<7>text\n"}, {spdlog::level::trace, "<7>text\n"},
  };
  for (const auto& [level, wanted] : cases) EXPECT_EQ(line(LogFormat::text, true, level, "text"), wanted);
}

TEST(LogLine, IsOneLineWhateverAStrangerHasPutIntoIt) {
  const std::string wanted = "no \"such\"\\x0aname: \\x1b[31mcaf\xc3\xa9\\xff\n";
  EXPECT_EQ(line(LogFormat::text, true, spdlog::level::info, kOfAStranger), "<6>" + wanted);
  EXPECT_TRUE(line(LogFormat::text, false, spdlog::level::info, kOfAStranger).ends_with(" info " + wanted));
}

TEST(LogLine, OfJsonHoldsTheMessageAsItWas) {
  for (const bool for_journal : {false, true}) {
    auto text = line(LogFormat::json, for_journal, spdlog::level::err, kOfAStranger);
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    if (for_journal) {
      ASSERT_TRUE(text.starts_with("<3>"));
      text.erase(0, 3);
    }
    const auto object = boost::json::parse(text).as_object();
    EXPECT_EQ(object, (boost::json::object{{"ts", "2026-01-02T03:04:05.678Z"},
                                           {"level", "error"},
                                           {"msg", "no \"such\"\nname: \x1b[31mcaf\xc3\xa9\\xff"}}));
  }
}

TEST(LogLine, IsForTheJournalWhereStandardErrorIsItsStream) {
  struct stat file {};
  file.st_dev = 9;
  file.st_ino = 12345;
  const std::pair<std::string_view, bool> cases[] = {
      {"9:12345", true}, {"9:12346", false}, {"8:12345", false}, {"9:123456", false}, {"", false}, {"9", false},
  };
  for (const auto& [stream, is] : cases) EXPECT_EQ(is_journal(stream, file), is) << stream;
}

}  // namespace
}  // namespace realpeer::observe
