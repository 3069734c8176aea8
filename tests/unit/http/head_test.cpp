#include "http/head.h"

#include <gmock/gmock.h>

namespace realpeer::http {
namespace {

using namespace std::string_literals;

constexpr std::size_t kNoEnd = 0;

struct End {
  const char* name;
  std::string bytes;
  std::size_t size;     // of the head; kNoEnd: not yet
  unsigned status = 0;  // of the fault; 0: none
};

class FindsTheEnd : public ::testing::TestWithParam<End> {};

// The answer is the same however the bytes come.
TEST_P(FindsTheEnd, OfAHeadInOnePieceAndByteByByte) {
  const auto& [name, bytes, size, status] = GetParam();
  const auto whole = find_end_of_head(bytes, 0);
  std::size_t seen = 0;
  auto last = find_end_of_head(bytes.substr(0, 0), 0);
  while (last && !*last && seen < bytes.size()) {
    last = find_end_of_head(std::string_view(bytes).substr(0, seen + 1), seen);
    ++seen;
  }
  for (const auto& found : {whole, last}) {
    ASSERT_EQ(found.has_error() ? found.error().status : 0, status);
    if (status == 0) {
      EXPECT_EQ(found->value_or(kNoEnd), size);
    }
  }
}

const std::string kLine = "GET / HTTP/1.1\r\n";

INSTANTIATE_TEST_SUITE_P(
    Heads, FindsTheEnd,
    ::testing::Values(
        End{"Nothing", "", kNoEnd}, End{"ALine", kLine, kNoEnd}, End{"LineAndEmptyLine", kLine + "\r\n", 18},
        End{"WithWhatFollows", kLine + "Host: a\r\n\r\nbody\n", 27}, End{"HalfAnEnd", kLine + "Host: a\r\n\r", kNoEnd},
        End{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", 0, 400},
        End{"BareLineFeedInTheFields", kLine + "Host: a\n", 0, 400}, End{"LineFeedFirst", "\nGET", 0, 400},
        End{"ZeroByte", "GET /\0"s, 0, 400},
        End{"LongestHead", kLine + "A: " + std::string(longest_head - 23, 'a') + "\r\n\r\n", longest_head},
        End{"TooLong", kLine + "A: " + std::string(longest_head, 'a') + "\r\n\r\n", 0, 431},
        End{"TooLongWithoutALine", std::string(longest_head, 'a'), 0, 431}),
    [](const auto& test) { return test.param.name; });

struct Judged {
  const char* name;
  std::string head;
  unsigned status = 0;  // of the fault; 0: none
  const char* detail = "";
};

class JudgesHeads : public ::testing::TestWithParam<Judged> {};

TEST_P(JudgesHeads, AsTheStrictestReceiverWould) {
  const auto fault = fault_in_head(GetParam().head);
  EXPECT_EQ(fault ? fault->status : 0, GetParam().status);
  EXPECT_THAT(fault ? fault->detail : "", ::testing::HasSubstr(GetParam().detail));
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a.example.com\r\n" + fields + "\r\n"; }
std::string post(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: a.example.com\r\n" + fields + "\r\n"; }

std::string many(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) fields += "b:\r\n";
  return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Good, JudgesHeads,
    ::testing::Values(Judged{"Plain", get("")}, Judged{"Port", "GET / HTTP/1.1\r\nHost: a:8443\r\n\r\n"},
                      Judged{"AddressV6", "GET / HTTP/1.1\r\nHost: [2001:db8::7]:80\r\n\r\n"},
                      Judged{"Http10WithoutHost", "GET / HTTP/1.0\r\n\r\n"}, Judged{"EmptyValue", get("X:\r\n")},
                      Judged{"BytesAboveAscii", get("X: \xc3\xbc\r\n")}, Judged{"TabInAValue", get("X: a\tb\r\n")},
                      Judged{"Length", post("Content-Length: 10\r\n")},
                      Judged{"Chunks", post("Transfer-Encoding: chunked\r\n")},
                      Judged{"ChunksInCapitals", post("TRANSFER-ENCODING:  Chunked \r\n")},
                      Judged{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    RequestLines, JudgesHeads,
    ::testing::Values(Judged{"TwoParts", "GET /\r\n\r\n", 400, "three parts"},
                      Judged{"TwoSpaces", "GET  / HTTP/1.1\r\n\r\n", 400},
                      Judged{"SpaceInTheTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                      Judged{"SpaceFirst", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                      Judged{"TabForASpace", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                      Judged{"MethodWithSlash", "G/T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "method"},
                      Judged{"CarriageReturnInside", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                      Judged{"Http2", "PRI * HTTP/2.0\r\n\r\n", 505}, Judged{"Http09", "GET / HTTP/0.9\r\n\r\n", 505},
                      Judged{"Http12", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
                      Judged{"LowerCase", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
                      Judged{"NoVersion", "GET / HTTP\r\nHost: a\r\n\r\n", 400, "version"},
                      Judged{"ProxyHeader", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n\r\n", 400}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Fields, JudgesHeads,
                         ::testing::Values(Judged{"Folded", get("X: a\r\n b\r\n"), 400, "folded"},
                                           Judged{"FoldedByATab", get("X: a\r\n\tb\r\n"), 400, "folded"},
                                           Judged{"BlankBeforeTheColon", get("X : a\r\n"), 400, "before the colon"},
                                           Judged{"TabBeforeTheColon", get("X\t: a\r\n"), 400, "before the colon"},
                                           Judged{"NoColon", get("X\r\n"), 400, "without a colon"},
                                           Judged{"NoName", get(": a\r\n"), 400, "name"},
                                           Judged{"SpaceInAName", get("X Y: a\r\n"), 400, "name"},
                                           Judged{"AboveAsciiInAName", get("X\xc3\xbc: a\r\n"), 400, "name"},
                                           Judged{"ControlCharacter", get("X: a\x01\r\n"), 400, "control"},
                                           Judged{"BareCarriageReturn", get("X: a\rY: b\r\n"), 400, "control"},
                                           Judged{"Delete", get("X: \x7f\r\n"), 400, "control"},
                                           Judged{"TooMany", get(many(256)), 431, "fields"},
                                           Judged{"Many", get(many(255))}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Frames, JudgesHeads,
    ::testing::Values(
        Judged{"LengthBesideChunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400, "beside"},
        Judged{"ChunksBesideLength", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400, "beside"},
        Judged{"TwoLengths", post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400, "more than one"},
        Judged{"TheSameLengthTwice", post("Content-Length: 3\r\ncontent-length: 3\r\n"), 400, "more than one"},
        Judged{"ListOfLengths", post("Content-Length: 3, 3\r\n"), 400, "no number"},
        Judged{"NegativeLength", post("Content-Length: -3\r\n"), 400, "no number"},
        Judged{"SignedLength", post("Content-Length: +3\r\n"), 400, "no number"},
        Judged{"HexadecimalLength", post("Content-Length: 0x3\r\n"), 400, "no number"},
        Judged{"EmptyLength", post("Content-Length:\r\n"), 400, "no number"},
        Judged{"LengthBeyondAll", post("Content-Length: 9999999999999999999\r\n"), 400, "no number"},
        Judged{"TwoCodings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400,
               "more than one"},
        Judged{"OtherCoding", post("Transfer-Encoding: gzip, chunked\r\n"), 501},
        Judged{"ChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n"), 501},
        Judged{"Identity", post("Transfer-Encoding: identity\r\n"), 501},
        Judged{"EmptyCoding", post("Transfer-Encoding:\r\n"), 501},
        Judged{"VerticalTabInTheCoding",
               post("Transfer-Encoding: \x0b"
                    "chunked\r\n"),
               400},
        Judged{"ChunksInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Hosts, JudgesHeads,
    ::testing::Values(Judged{"None", "GET / HTTP/1.1\r\n\r\n", 400, "no Host"},
                      Judged{"Two", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "more than one Host"},
                      Judged{"TwoInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host"},
                      Judged{"Empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "neither"},
                      Judged{"WithAPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "neither"},
                      Judged{"WithAUser", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "neither"},
                      Judged{"AList", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "neither"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace realpeer::http
