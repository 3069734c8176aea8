// Requests that receivers could read in different ways, and those that never end: none reaches a backend.
#include "e2e/http.h"

namespace realpeer::testing {
namespace {

using namespace std::literals;

constexpr std::size_t kLongestHead = 64 * kKiB;

struct Bad {
  std::string what;
  std::string bytes;
  int status = 400;
};

std::string with_host(const std::string& line, const std::string& fields, const std::string& rest = "") {
  return line + "\r\nHost: git.example.com\r\n" + fields + "\r\n" + rest;
}
std::string post(const std::string& fields, const std::string& body) {
  return with_host("POST / HTTP/1.1", fields, body);
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

const std::string kHidden = "GET /hidden HTTP/1.1\r\nHost: git.example.com\r\n\r\n";

// Two ends, as two receivers could see them.
std::vector<Bad> framed_twice() {
  return {{"length beside chunks", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kHidden)},
          {"chunks beside length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + kHidden)},
          {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello" + kHidden)},
          {"one length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
          {"a list of lengths", post("Content-Length: 5, 5\r\n", "hello")},
          {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
          {"chunks in HTTP/1.0", with_host("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")},
          {"an unknown coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
          {"a coding before chunks", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
          {"a coding behind chunks", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501},
          {"a coding with a control", post("Transfer-Encoding: \x0b"s + "chunked\r\n", "0\r\n\r\n")}};
}

std::vector<Bad> bad_lengths() {
  std::vector<Bad> cases;
  for (const auto* length : {"-5", "+5", "0x5", "5;", "5 5", "", "five", "99999999999999999999", "5.0"}) {
    cases.push_back({"length "s + length, post("Content-Length: "s + length + "\r\n", "hello")});
  }
  return cases;
}

std::vector<Bad> bad_chunks() {
  std::vector<Bad> cases;
  for (const std::string body :
       {"5 hello\r\n", "-5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "5\r\nhello0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "10000000000000000\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "5;\nname=value\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n", "5\r\nhello\r\n0\r\nno field\r\n\r\n",
        "5\r\nhello\r\n0\r\nX : a\r\n\r\n", "5\r\nhello\r\n0\r\nX: a\n\r\n"}) {
    cases.push_back({"chunks", chunked(body + kHidden)});
  }
  return cases;
}

std::vector<Bad> bad_fields() {
  return {{"a folded line", with_host("GET / HTTP/1.1", "X-A: 1\r\n X-Forwarded-For: 198.51.100.99\r\n")},
          {"a line folded by a tab", with_host("GET / HTTP/1.1", "X-A: 1\r\n\tmore\r\n")},
          {"a blank before the first field", "GET / HTTP/1.1\r\n Host: git.example.com\r\n\r\n"},
          {"a blank before a colon", post("Content-Length : 5\r\n", "hello")},
          {"a tab before a colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n")},
          {"a field without a colon", with_host("GET / HTTP/1.1", "X-A\r\n")},
          {"a field without a name", with_host("GET / HTTP/1.1", ": 1\r\n")},
          {"a name that is no token", with_host("GET / HTTP/1.1", "X(A): 1\r\n")},
          {"a bare line feed", "GET / HTTP/1.1\nHost: git.example.com\n\n"},
          {"a bare line feed in a field", with_host("GET / HTTP/1.1", "X-A: 1\nX-B: 2\r\n")},
          {"a bare carriage return", with_host("GET / HTTP/1.1", "X-A: 1\rX-B: 2\r\n")},
          {"a zero byte in a value", with_host("GET / HTTP/1.1", "X-A: 1\0"s + "2\r\n")},
          {"a zero byte in a name", with_host("GET / HTTP/1.1", "X-\0"s + "A: 1\r\n")},
          {"no host", "GET / HTTP/1.1\r\n\r\n"},
          {"two hosts", with_host("GET / HTTP/1.1", "Host: git.example.com\r\n")},
          {"a host that is none", "GET / HTTP/1.1\r\nHost: git.example.com/x\r\n\r\n"},
          {"a list of hosts", "GET / HTTP/1.1\r\nHost: git.example.com, other.example.com\r\n\r\n"}};
}

std::vector<Bad> bad_lines() {
  std::vector<Bad> cases;
  for (const std::string target :
       {"http://other.example.com/", "https://git.example.com@other.example.com/", "ftp://git.example.com/",
        "git.example.com", "*", "/../admin", "/a/../admin", "/a/%2e%2e/admin", "/a/.%2E/admin", "/./admin", "/a/..",
        "/a%2f..%2fadmin", "/a/..;/admin", "/a\\..\\admin", "/a%00", "/%zz", "/a#fragment", "/\x01", "/a\tb"}) {
    cases.push_back({"target " + target, with_host("GET " + target + " HTTP/1.1", "")});
  }
  for (const auto* line : {"GET  / HTTP/1.1", "GET /", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / http/1.1",
                           "GET / HTTP/1.1x", "G(T / HTTP/1.1", "GET / / HTTP/1.1", "GET\t/ HTTP/1.1"}) {
    cases.push_back({"line "s + line, with_host(line, "")});
  }
  cases.push_back({"another version", with_host("GET / HTTP/2.0", ""), 505});
  cases.push_back({"an ancient version", with_host("GET / HTTP/0.9", ""), 505});
  cases.push_back({"CONNECT", with_host("CONNECT git.example.com:443 HTTP/1.1", ""), 405});
  cases.push_back({"TRACE", with_host("TRACE / HTTP/1.1", ""), 405});
  return cases;
}

// Exactly so long, the empty line included.
std::string head_of(std::size_t size) {
  const auto rest = with_host("GET /long HTTP/1.1", "X-Filling: \r\n");
  return with_host("GET /long HTTP/1.1", "X-Filling: " + std::string(size - rest.size(), 'x') + "\r\n");
}

class HttpSmuggling : public Http {
 protected:
  // The answer, the end of the connection, and the line; nothing of the request came to the backend.
  void expect_refused(const Bad& bad, const std::string& reason) {
    Socket client = connect();
    client.send_all(bad.bytes);
    expect_told(client, bad, reason);
    EXPECT_TRUE(app->untouched()) << bad.what;
  }
  // The same for what was sent already.
  void expect_told(Socket& client, const Bad& bad, const std::string& reason) {
    EXPECT_EQ(read_response(client).status(), bad.status) << bad.what << "\n" << bad.bytes;
    EXPECT_EQ(client.ending().bytes, "") << bad.what;
    const auto record = record_of(client.local());
    EXPECT_EQ(record.text("reason"), reason) << bad.what << "\n" << record;
    EXPECT_EQ(record.text("end"), "rejected") << bad.what << "\n" << record;
    EXPECT_EQ(of_request(record, "status"), std::to_string(bad.status)) << record;
  }
  void expect_all_refused(const std::vector<Bad>& cases) {
    start_with_app();
    for (const auto& bad : cases) expect_refused(bad, "request_malformed");
    EXPECT_EQ(ask(kGet).status(), 200);
  }
};

TEST_P(HttpSmuggling, RequestsWithTwoEndsAreRefused) { expect_all_refused(framed_twice()); }
TEST_P(HttpSmuggling, LengthsThatAreNoneAreRefused) { expect_all_refused(bad_lengths()); }
TEST_P(HttpSmuggling, ChunksThatAreNoneAreRefused) { expect_all_refused(bad_chunks()); }
TEST_P(HttpSmuggling, FieldsThatAreNoneAreRefused) { expect_all_refused(bad_fields()); }
TEST_P(HttpSmuggling, LinesAndTargetsThatLeadElsewhereAreRefused) { expect_all_refused(bad_lines()); }

// What looks alike and is as it should be.
TEST_P(HttpSmuggling, WhatIsUnambiguousPasses) {
  start_with_app();
  for (const auto& [bytes, target] :
       {std::pair{with_host("GET http://git.example.com/absolute HTTP/1.1", ""), "/absolute"},
        std::pair{with_host("GET HTTP://GIT.example.com HTTP/1.1", ""), "/"},
        std::pair{with_host("OPTIONS * HTTP/1.1", ""), "*"},
        std::pair{with_host("GET /a/..b/... HTTP/1.1", ""), "/a/..b/..."},
        std::pair{with_host("GET //a HTTP/1.1", ""), "//a"},
        std::pair{with_host("GET /a?x=/../y HTTP/1.1", ""), "/a?x=/../y"},
        std::pair{"\r\n\r\n" + with_host("GET /empty-lines HTTP/1.1", ""), "/empty-lines"},
        std::pair{with_host("POST /zero HTTP/1.1", "Content-Length: 0\r\n"), "/zero"},
        std::pair{with_host("POST /upper HTTP/1.1", "Transfer-Encoding:  Chunked \r\n",
                            "A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"),
                  "/upper"}}) {
    const auto seen = passed(bytes);
    EXPECT_EQ(seen.target(), target) << bytes;
    EXPECT_THAT(seen.field("Host"), ::testing::StrCaseEq("git.example.com"));
  }
  EXPECT_EQ(app->last().body, "0123456789");
}

// As RFC 9112 has it for proxies that do not refuse (section 5.2): nobody behind it sees a fold.
TEST_P(HttpSmuggling, AFoldedLineOfATrailerIsOneLine) {
  start_with_app();
  const auto seen = passed(chunked(chunk("hello") + chunk("") + "X-A: one\r\n X-Forwarded-For: 198.51.100.99\r\n\r\n"));
  EXPECT_EQ(seen.trailer, (HttpFields{{"X-A", "one X-Forwarded-For: 198.51.100.99"}}));
}

TEST_P(HttpSmuggling, TwoRequestsInOneSegmentAreTwo) {
  start_with_app();
  Socket client = connect();
  client.send_all(request("POST", "/one", "", "body") + get_request("/two") + get_request("/three"));
  for (const auto* body : {"POST /one", "GET /two", "GET /three"}) EXPECT_EQ(read_response(client).body, body);
}

TEST_P(HttpSmuggling, AChunkThatIsNoneEndsTheRequestThatBeganWell) {
  start_with_app();
  Socket client = connect();
  client.send_all(chunked(chunk("hello")));
  ASSERT_TRUE(eventually([&] { return !app->untouched(); }, kSoon));
  client.send_all("nonsense\r\n" + kHidden);
  expect_told(client, {"a late chunk", ""}, "request_malformed");
  EXPECT_TRUE(eventually([&] { return app->open_connections() == 0; }, kSoon)) << "half a request waits for its rest";
  EXPECT_TRUE(app->seen().empty());
}

TEST_P(HttpSmuggling, HeadsBeyond64KiBAreRefused) {
  start_with_app();
  expect_refused({"a byte too many", head_of(kLongestHead + 1), 431}, "request_too_large");
  expect_refused({"no end", "GET /" + std::string(kLongestHead, 'x'), 431}, "request_too_large");
  EXPECT_EQ(passed(head_of(kLongestHead)).target(), "/long");
}

TEST_P(HttpSmuggling, SlowHeadsTimeOut) {
  web.timeouts = "request: 300ms";
  start_with_app();
  expect_refused({"half a line", "GET / HT", 408}, "request_timeout");
  expect_refused({"half a head", kGet.substr(0, kGet.size() - 2), 408}, "request_timeout");
  Socket client = connect();
  EXPECT_EQ(client.ending().bytes, "") << "who asks nothing is answered nothing";
}

// Byte by byte is no excuse.
TEST_P(HttpSmuggling, TimeIsForTheWholeHead) {
  web.timeouts = "request: 500ms";
  start_with_app();
  Socket client = connect();
  const Stopwatch stopwatch;
  const auto trickle = [&] {
    while (!client.readable_within(Duration{50}) && stopwatch.elapsed() < kSoon) client.send_all("x");
  };
  client.send_all("GET / HTTP/1.1\r\nX-A: ");
  trickle();
  expect_told(client, {"a trickle", "", 408}, "request_timeout");
}

TEST_P(HttpSmuggling, SlowBodiesTimeOut) {
  web.timeouts = "body: 300ms";
  start_with_app();
  for (const auto& begun : {post("Content-Length: 100\r\n", "half"), chunked("5\r\nhel"), chunked(chunk("hello"))}) {
    Socket client = connect();
    client.send_all(begun);
    expect_told(client, {"a slow body", begun, 408}, "request_timeout");
  }
  EXPECT_TRUE(app->seen().empty());
}

TEST_P(HttpSmuggling, ATrickleOfBodyTimesOutToo) {
  web.timeouts = "body: 500ms";
  start_with_app();
  Socket client = connect();
  const Stopwatch stopwatch;
  client.send_all(post("Content-Length: 100000\r\n", ""));
  while (!client.readable_within(Duration{50}) && stopwatch.elapsed() < kSoon) client.send_all("x");
  expect_told(client, {"a trickle", "", 408}, "request_timeout");
}

TEST_P(HttpSmuggling, TrailersWithoutEndAreRefused) {
  start_with_app();
  for (const auto& trailer : {std::string(200 * kKiB, 'x'), "X-A: " + std::string(100 * kKiB, 'x') + "\r\n\r\n"}) {
    Socket client = connect();
    client.send_all(chunked(chunk("hello") + chunk("") + trailer));
    expect_told(client, {"a trailer", ""}, "request_malformed");
  }
  EXPECT_TRUE(app->seen().empty());
  EXPECT_THAT(gateway->process().errors(), Not(HasSubstr("unexpected")));
}

INSTANTIATE_TEST_SUITE_P(Path, HttpSmuggling, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
