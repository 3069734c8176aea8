// Lines, how they are broken and cut, and tables of them.
#include "terminal/line.h"

#include <gtest/gtest.h>

#include "terminal/table.h"

namespace realpeer::terminal {
namespace {

std::string plain(const Lines& lines) { return to_string(lines, false); }

TEST(TerminalLine, IsPlainUnlessColoursAreWanted) {
  const Line line = Line("edge", Style::strong).add("  ").add("down", Style::bad);
  EXPECT_EQ(line.to_string(false), "edge  down");
  EXPECT_EQ(line.to_string(true), "\x1b[1medge\x1b[0m  \x1b[31mdown\x1b[0m");
  EXPECT_EQ(line.columns(), 10U);
}

TEST(TerminalLine, LetsNothingThroughThatSteersATerminal) {
  EXPECT_EQ(Line("\x1b[2J", Style::bad).to_string(true), "\x1b[31m\\x1b[2J\x1b[0m");
}

TEST(TerminalLine, HasNoSpacesAtItsEnd) {
  EXPECT_EQ(Line("a  ").pad(20).to_string(false), "a");
  EXPECT_EQ(Line("a").add(" ", Style::dim).pad(9).to_string(false), "a");
  EXPECT_EQ(Line("a").add("b ", Style::dim).pad(9).to_string(true), "a\x1b[2mb \x1b[0m");
  EXPECT_EQ(Line().pad(4).to_string(true), "");
}

TEST(TerminalLine, IsCutBetweenCharacters) {
  const struct {
    std::size_t width;
    std::string_view text;
  } cases[] = {{9,
                "ab\xc3\xa4"
                "cd"},
               {5,
                "ab\xc3\xa4"
                "cd"},
               {4, "ab\xc3\xa4>"},
               {3, "ab>"},
               {1, ">"},
               {0, ""}};
  for (const auto& [width, text] : cases) {
    Line line = Line("ab", Style::bad).add("\xc3\xa4").add("cd");
    line.cut(width);
    EXPECT_EQ(line.to_string(false), text) << width;
  }
  Line line = Line("ab", Style::bad).add("cd", Style::good).add("ef", Style::bad);
  line.cut(3);
  EXPECT_EQ(line.to_string(true), "\x1b[31mab\x1b[0m\x1b[2m>\x1b[0m");
}

TEST(TerminalLine, IsBrokenBetweenWords) {
  Lines lines;
  append_wrapped(lines, Line("  cause: "), "one two  three four", 16);
  EXPECT_EQ(plain(lines),
            "  cause: one two\n"
            "         three\n"
            "         four\n");
}

TEST(TerminalLine, LetsALongWordRunOver) {
  Lines lines;
  append_wrapped(lines, Line("  "), "a /etc/realpeer.yaml b", 10);
  EXPECT_EQ(plain(lines), "  a\n  /etc/realpeer.yaml\n  b\n");
  lines.clear();
  append_wrapped(lines, Line("  "), "abc def", 0);
  EXPECT_EQ(plain(lines), "  abc\n  def\n");
  lines.clear();
  append_wrapped(lines, Line("data path: "), "", 80);
  EXPECT_EQ(plain(lines), "data path:\n");
}

TEST(TerminalTable, IsAsWideAsWhatItHolds) {
  Table table({{"NAME"}, {"COUNT", Table::Align::right}, {"WHY"}});
  table.add({Line("a"), Line("7"), Line("x")});
  table.add({Line("long name"), Line("123456"), Line("y")});
  table.add_below({Line("    more of it")});
  table.add({Line("b")});
  EXPECT_EQ(plain(table.lines()),
            "  NAME        COUNT  WHY\n"
            "  a               7  x\n"
            "  long name  123456  y\n"
            "    more of it\n"
            "  b\n");
}

TEST(TerminalTable, OfNothingIsItsTitles) {
  EXPECT_EQ(plain(Table({{"A"}, {"B", Table::Align::right}}).lines()), "  A  B\n");
}

}  // namespace
}  // namespace realpeer::terminal
