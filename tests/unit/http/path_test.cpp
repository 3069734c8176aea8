#include "http/path.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace realpeer::http {
namespace {

using namespace std::string_literals;

struct Row {
  const char* name;
  std::string path;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Row& shown, std::ostream* out) { *out << shown.name; }

std::string name_of(const testing::TestParamInfo<Row>& test) { return test.param.name; }

class PlainPaths : public testing::TestWithParam<Row> {};
TEST_P(PlainPaths, AreTaken) { EXPECT_TRUE(is_plain_path(GetParam().path)) << GetParam().path; }

INSTANTIATE_TEST_SUITE_P(
    Rows, PlainPaths,
    testing::Values(Row{"TheRoot", "/"}, Row{"AFile", "/a/b.html"}, Row{"AFolder", "/a/b/"},
                    Row{"EmptyParts", "//a///b//"}, Row{"AHiddenFile", "/.well-known/x"},
                    Row{
                        "DotsWithinAPart",
                        "/a..b/a.b/..a/a..",
                    },
                    Row{"ThreeDots", "/.../x"}, Row{"ThreeEscapedDots", "/%2e%2e%2e"},
                    Row{"AnEscapedHiddenFile", "/%2ewell-known"}, Row{"DotsBehindEscapes", "/a%20../x"},
                    Row{"Parameters", "/a;x=1/b;.."}, Row{"DotsInParameters", "/a;/b"}, Row{"Escapes", "/%41%7e%C3%a9"},
                    Row{"AnEscapedPercent", "/%252e%252e/"}, Row{"EscapedSeparators", "/a%2Fb%5Cc"},
                    Row{"EveryMarkOfAPath", "/-._~!$&'()*+,;=:@"},
                    Row{"WhatBrowsersLeaveUnescaped", "/[a]{b}|c^d`e\"<f>"},
                    Row{"BytesBeyondAscii",
                        "/b\xc3\xbc"
                        "cher"},
                    Row{"AnEscapedLineBreak", "/a%0d%0ab"}, Row{"OneLetterEscapesOfOtherCase", "/%aB%Ab"}),
    name_of);

class PathsWithDotSegments : public testing::TestWithParam<Row> {};
TEST_P(PathsWithDotSegments, AreRefused) { EXPECT_FALSE(is_plain_path(GetParam().path)) << GetParam().path; }

INSTANTIATE_TEST_SUITE_P(
    Rows, PathsWithDotSegments,
    testing::Values(Row{"One", "/./a"}, Row{"Two", "/../a"}, Row{"InTheMiddle", "/a/../b"}, Row{"AtTheEnd", "/a/.."},
                    Row{"OneAtTheEnd", "/a/."}, Row{"WithASlashAtTheEnd", "/a/../"},
                    Row{"AfterAnEmptyPart", "/a//../b"}, Row{"EscapedInLowerCase", "/%2e%2e/a"},
                    Row{"EscapedInUpperCase", "/%2E%2E/a"}, Row{"EscapedInPart", "/.%2e/a"},
                    Row{"EscapedInTheOtherPart", "/%2E./a"}, Row{"OneEscaped", "/%2e/a"},
                    Row{"OneEscapedAtTheEnd", "/a/%2e"}, Row{"BeforeAnEscapedSlash", "/..%2fa"},
                    Row{"BehindAnEscapedSlash", "/a%2f.."}, Row{"BetweenEscapedSlashes", "/a%2F..%2Fb"},
                    Row{"AllEscaped", "/a%2f%2e%2e%2fb"}, Row{"BehindAnEscapedBackslash", "/a%5c..%5Cb"},
                    Row{"BeforeParameters", "/..;/a"}, Row{"BeforeParametersWithText", "/..;x=1/a"},
                    Row{"OneBeforeParameters", "/.;/a"}, Row{"BeforeParametersAtTheEnd", "/a/..;"},
                    Row{"BeforeEscapedParameters", "/..%3b/a"}, Row{"EscapedBeforeParameters", "/%2e%2E;a/b"},
                    Row{"BehindParameters", "/a;b/../c"}, Row{"BehindAnEscapedSlashInParameters", "/a;b%2f../c"}),
    name_of);

class BrokenPaths : public testing::TestWithParam<Row> {};
TEST_P(BrokenPaths, AreRefused) { EXPECT_FALSE(is_plain_path(GetParam().path)); }

INSTANTIATE_TEST_SUITE_P(
    Rows, BrokenPaths,
    testing::Values(Row{"Nothing", ""}, Row{"WithoutSlash", "a"}, Row{"AnAsterisk", "*"}, Row{"AQuery", "/a?b"},
                    Row{"AFragment", "/a#b"}, Row{"ASpace", "/a b"}, Row{"ATab", "/a\tb"}, Row{"ALineBreak", "/a\r\nb"},
                    Row{"AZero", "/a\0b"s}, Row{"ADelete", "/a\x7f"}, Row{"ABackslash", "/a\\b"},
                    Row{"ABackslashBeforeDots", "/a\\..\\b"}, Row{"AnEscapedZero", "/a%00b"},
                    Row{"AnEscapedZeroAtTheEnd", "/a%00"}, Row{"APercentAlone", "/%"},
                    Row{"AnEscapeOfOneDigit", "/a%2"}, Row{"AnEscapeOfOneDigitBeforeASlash", "/a%2/b"},
                    Row{"AnEscapeThatIsNoNumber", "/%zz"}, Row{"AnEscapeWithASecondDigitThatIsNone", "/%2g"},
                    Row{"AnEscapeWithASign", "/%+2"}, Row{"AnEscapeOfSixteenBits", "/%u002e"},
                    Row{"TwoPercents", "/%%32%65"}),
    name_of);

TEST(APath, IsJudgedTheSameHoweverLongItIs) {
  const std::string long_one = "/" + std::string(100'000, 'a');
  EXPECT_TRUE(is_plain_path(long_one));
  EXPECT_FALSE(is_plain_path(long_one + "/%2e%2e"));
}

}  // namespace
}  // namespace realpeer::http
