// One connection of a capture, as JSON and as a line.
#include "commands/finding.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "harness/client_hello.h"

namespace realpeer::commands {
namespace {

namespace json = boost::json;
using capture::End;
using namespace std::literals;

json::object described(std::string_view bytes, End end = End::answered) {
  return finding_to_json({.began = capture::Time(std::chrono::milliseconds(1'700'000'000'123)),
                          .client = *net::parse_endpoint("203.0.113.42:55222"),
                          .server = *net::parse_endpoint("10.77.0.2:9000"),
                          .end = end,
                          .bytes = bytes},
                         {});
}

std::string in_words(std::string_view bytes, End end = End::answered) {
  const std::string line = finding_in_words(described(bytes, end));
  constexpr std::string_view before = "2023-11-14T22:13:20.123Z  203.0.113.42:55222 -> 10.77.0.2:9000  ";
  return line.starts_with(before) ? line.substr(before.size()) : line;
}

// PROXY over TCP, 192.0.2.1:4660 to 198.51.100.9:443, `tlvs` after it.
std::string inet(std::string_view tlvs, char command = '\x21') {
  return "\r\n\r\n\0\r\nQUIT\n"s + command + "\x11\0"s + static_cast<char>(12 + tlvs.size()) +
         "\xC0\x00\x02\x01\xC6\x33\x64\x09\x12\x34\x01\xBB"s.append(tlvs);
}

TEST(FindingJson, HasTheConnectionAndTheHeader) {
  EXPECT_EQ(json::serialize(described(inet(""))),
            R"({"ts":"2023-11-14T22:13:20.123Z","tcp_src":"203.0.113.42:55222","tcp_dst":"10.77.0.2:9000",)"
            R"("result":"accept","version":2,"command":"proxy","family":"inet","transport":"stream",)"
            R"("src":"192.0.2.1:4660","dst":"198.51.100.9:443","tlvs":[],"header_length":28,)"
            R"("payload_length":0,"payload_hex":"","instead":null})");
}

TEST(FindingJson, SaysWhatStoodInsteadOfAHeader) {
  const auto finding = described("GET / HTTP/1.1\r\n");
  EXPECT_EQ(finding.at("result"), "reject");
  EXPECT_EQ(finding.at("reason"), "header_missing");
  EXPECT_EQ(finding.at("instead"), "http");
  EXPECT_FALSE(finding.contains("sni"));
}

TEST(FindingJson, NamesTheServerOfAHello) {
  const auto named = described(hellos::record(hellos::hello(hellos::server_name("git.example.com"))));
  EXPECT_EQ(named.at("instead"), "tls_client_hello");
  EXPECT_EQ(named.at("sni"), "git.example.com");
  EXPECT_FALSE(named.contains("incomplete"));
  const auto nameless = described(hellos::record(hellos::hello("")));
  EXPECT_TRUE(nameless.at("sni").is_null());
  EXPECT_FALSE(nameless.contains("incomplete"));
}

TEST(FindingJson, SaysWhyAHelloIsNotWhole) {
  const std::string hello = hellos::record(hellos::hello(hellos::server_name("git.example.com")));
  const auto finding = described(hello.substr(0, 14), End::cut);
  EXPECT_EQ(finding.at("instead"), "tls_client_hello");
  EXPECT_TRUE(finding.at("sni").is_null());
  EXPECT_EQ(finding.at("incomplete"), "cut by the capture after 14 bytes");
}

TEST(FindingJson, OfASilentClientSaysThatNothingStoodThere) {
  const auto finding = described("", End::closed);
  EXPECT_EQ(finding.at("result"), "nothing");
  EXPECT_EQ(finding.at("instead"), "nothing");
}

TEST(FindingJson, DoesNotGuessAtWhatItDoesNotKnow) {
  for (const End end : {End::began_before, End::forgotten, End::unwatched}) {
    const auto finding = described("", end);
    EXPECT_EQ(finding.at("result"), "unknown");
    EXPECT_TRUE(finding.at("instead").is_null());
  }
}

struct Line {
  std::string name;
  std::string bytes;
  End end;
  std::string expected;
};
void PrintTo(const Line& line, std::ostream* out) { *out << line.name; }

const std::vector<Line>& lines() {
  static const std::string hello = hellos::record(hellos::hello(hellos::server_name("git.example.com")));
  static const std::string unix_header = "\r\n\r\n\0\r\nQUIT\n\x21\x31\0\xD8"s;
  static const std::vector<Line> all{
      {"Version2", inet(""), End::answered, "accept: version 2, 192.0.2.1:4660 -> 198.51.100.9:443"},
      {"Version1", "PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n", End::answered,
       "accept: version 1, [2001:db8::1]:4660 -> [2001:db8::2]:443"},
      {"Unknown", "PROXY UNKNOWN\r\n", End::answered, "accept: version 1, names no client"},
      {"Local", inet("", '\x20'), End::answered, "local: version 2, names no client"},
      {"Path", unix_header + "/run/\x1B[2J" + std::string(108 + 99, '\0'), End::answered,
       "accept: version 2, /run/\\x1b[2J -> unnamed"},
      {"Tlvs", inet("\x01\0\x02h2\x04\0\x01\0\xE0\0\x02\x01\xFF\x05\0\x02\"\n"sv), End::answered,
       "accept: version 2, 192.0.2.1:4660 -> 198.51.100.9:443; alpn \"h2\", noop, 0xe0 01ff, unique_id 220a"},
      {"Ssl", inet("\x20\0\x0A\x05\0\0\0\x02\x22\0\x02me"sv), End::answered,
       "accept: version 2, 192.0.2.1:4660 -> 198.51.100.9:443; ssl (client 5, verify 2, ssl_cn \"me\")"},
      {"SslOfNoTlvs", inet("\x20\0\x05\x01\0\0\0\0"sv), End::answered,
       "accept: version 2, 192.0.2.1:4660 -> 198.51.100.9:443; ssl (client 1, verify 0)"},
      {"ALongTlv", inet("\xE0\0\x41"s + std::string(65, 'a')), End::answered,
       "accept: version 2, 192.0.2.1:4660 -> 198.51.100.9:443; 0xe0 \"" + std::string(64, 'a') + "\"..."},
      {"Http", "GET / HTTP/1.1\r\n", End::answered, "reject: header_missing, instead http"},
      {"Hello", hello, End::answered, "reject: header_missing, instead tls_client_hello for git.example.com"},
      {"HelloCut", hello.substr(0, 14), End::cut,
       "reject: header_missing, instead tls_client_hello, cut by the capture after 14 bytes"},
      {"Malformed", "\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0"s, End::answered,
       "reject: header_malformed: byte 12: version 3, not 2"},
      {"Cut", "P", End::cut, "need_more: the header is not complete in the capture: cut by the capture after 1 byte"},
      {"CutAtOnce", "", End::cut,
       "need_more: the header is not complete in the capture: cut by the capture after 0 bytes"},
      {"Missing", "PROXY", End::missing,
       "need_more: the header is not complete in the capture: packets are missing in it after 5 bytes"},
      {"MissingAtOnce", "", End::missing,
       "need_more: the header is not complete in the capture: packets are missing in it after 0 bytes"},
      {"ClosedWithin", "PROXY", End::closed,
       "need_more: the header is not complete in the capture: the client closed after 5 bytes"},
      {"ResetWithin", "PROXY", End::reset,
       "need_more: the header is not complete in the capture: the connection was reset after 5 bytes"},
      {"ReusedWithin", "PROXY", End::reused,
       "need_more: the header is not complete in the capture: a new connection took the same ports after 5 bytes"},
      {"EndedWithin", "PROXY", End::capture_ended,
       "need_more: the header is not complete in the capture: it ends after 5 bytes"},
      {"UnwatchedWithin", "PROXY", End::unwatched,
       "need_more: the header is not complete in the capture: too many others were being watched after 5 bytes"},
      {"Closed", "", End::closed, "nothing: the client sent no byte, and closed"},
      {"Reset", "", End::reset, "nothing: the client sent no byte, and the connection was reset"},
      {"Refused", "", End::refused, "nothing: the client sent no byte, the server refused the connection"},
      {"Unanswered", "", End::unanswered, "nothing: the client sent no byte, the server did not answer"},
      {"Reused", "", End::reused, "nothing: the client sent no byte, and a new connection took the same ports"},
      {"Ended", "", End::capture_ended, "nothing: the client sent no byte as far as the capture goes"},
      {"BeganBefore", "", End::began_before,
       "2023-11-14T22:13:20.123Z  203.0.113.42:55222 - 10.77.0.2:9000  unknown: the capture begins in the middle of "
       "this connection"},
  };
  return all;
}

class Lines : public ::testing::TestWithParam<Line> {};

TEST_P(Lines, AreForPeople) { EXPECT_EQ(in_words(GetParam().bytes, GetParam().end), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(Finding, Lines, ::testing::ValuesIn(lines()),
                         [](const auto& shown) { return shown.param.name; });

}  // namespace
}  // namespace realpeer::commands
