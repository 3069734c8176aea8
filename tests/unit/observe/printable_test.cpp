// What becomes of strangers' bytes in logs.
#include "observe/printable.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace realpeer::observe {
namespace {

struct Case {
  std::string_view bytes;
  std::string_view printed;
  std::string_view json;  // json_text()
};

using namespace std::literals;

TEST(Printable, EscapesWhatWouldNotStandAsItIs) {
  const Case cases[] = {
      {"", "", ""},
      {R"(plain ASCII ~!\x)", R"(plain ASCII ~!\x)", R"(plain ASCII ~!\x)"},
      {"a\nb", R"(a\x0ab)", "a\nb"},
      {"a\r\tb\0c"sv, R"(a\x0d\x09b\x00c)", "a\r\tb\0c"sv},
      {"\x1b[2J\x7f", R"(\x1b[2J\x7f)", "\x1b[2J\\x7f"},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f",
       "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9f"},
      // C1 controls, which terminals obey too; a line separator; right-to-left override, and its end.
      {"\xc2\x9b"
       "2J",
       R"(\xc2\x9b2J)", R"(\xc2\x9b2J)"},
      {"\xe2\x80\xa8", R"(\xe2\x80\xa8)", R"(\xe2\x80\xa8)"},
      {"\xe2\x80\xae\xe2\x80\xac", R"(\xe2\x80\xae\xe2\x80\xac)", R"(\xe2\x80\xae\xe2\x80\xac)"},
      // No UTF-8: a byte alone, a letter cut off, one too long, a surrogate, one beyond the last.
      {"caf\xe9!", R"(caf\xe9!)", R"(caf\xe9!)"},
      {"\xe2\x82", R"(\xe2\x82)", R"(\xe2\x82)"},
      {"\xe2\x82z", R"(\xe2\x82z)", R"(\xe2\x82z)"},
      {"\xc0\xaf", R"(\xc0\xaf)", R"(\xc0\xaf)"},
      {"\xed\xa0\x80", R"(\xed\xa0\x80)", R"(\xed\xa0\x80)"},
      {"\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)", R"(\xf4\x90\x80\x80)"},
      {"\xff\xfe", R"(\xff\xfe)", R"(\xff\xfe)"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(printable(one.bytes));
    EXPECT_EQ(printable(one.bytes), one.printed);
    EXPECT_EQ(json_text(one.bytes), one.json);
  }
}

TEST(Printable, MakesAnyBytesAStringOfJson) {
  // Each pair of bytes, between two letters.
  for (int i = 0; i < 65536; ++i) {
    const std::string bytes{'a', static_cast<char>(i >> 8), static_cast<char>(i & 0xFF), 'z'};
    boost::json::error_code error;
    const auto read = boost::json::parse(boost::json::serialize(boost::json::value(json_text(bytes))), error);
    ASSERT_FALSE(error) << i;
    EXPECT_EQ(read.as_string(), json_text(bytes));
    EXPECT_EQ(printable(bytes).find_first_of("\n\r\x1b\x7f"), std::string::npos) << i;
  }
}

}  // namespace
}  // namespace realpeer::observe
