// What reaches a terminal of what others wrote.
#include "terminal/text.h"

#include <gtest/gtest.h>

namespace realpeer::terminal {
namespace {

TEST(TerminalText, LeavesNothingThatSteersATerminal) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"git.example.com", "git.example.com"},
      {"a b~", "a b~"},
      {"\x1b[2Jgone", "\\x1b[2Jgone"},
      {"one\ntwo\rthree\t", "one\\x0atwo\\x0dthree\\x09"},
      {std::string_view("a\0b", 3), "a\\x00b"},
      {"\x7f", "\\x7f"},
      {"B\xc3\xa4r \xe2\x80\xa6", "B\xc3\xa4r \xe2\x80\xa6"},  // ä, …
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},           // CSI in one character
      {"\xc2\xad", "\\xc2\\xad"},  // soft hyphen
      {"\xe2\x80\xae"
       "cod.exe",
       "\\xe2\\x80\\xae"
       "cod.exe"},                                   // turns the writing around
      {"e\xcc\x81", "e\\xcc\\x81"},                  // combines with the letter before it
      {"\xe4\xb8\xad", "\\xe4\\xb8\\xad"},           // takes two columns
      {"\xf0\x9f\x98\x80", "\\xf0\\x9f\\x98\\x80"},  // beyond the first plane
      {"\xc1\xa1", "\\xc1\\xa1"},                    // 'a', overlong
      {"\xe0\x82\xa1", "\\xe0\\x82\\xa1"},           // the same of three bytes
      {"\xc3", "\\xc3"},
      {"\xc3(", "\\xc3("},
      {"\xe2\x80", "\\xe2\\x80"},
      {"\xa4", "\\xa4"},
      {"", ""},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(printable(text), shown);
}

TEST(TerminalText, TakesOneColumnForEachCharacter) {
  EXPECT_EQ(columns("abc"), 3U);
  EXPECT_EQ(columns("B\xc3\xa4r\xe2\x80\xa6"), 4U);
  EXPECT_EQ(columns(""), 0U);
}

}  // namespace
}  // namespace realpeer::terminal
