// Requests and responses from bytes to bytes, through the reader that takes them as they come.
#include <gmock/gmock.h>

#include "http/request.h"
#include "http/response.h"

namespace realpeer::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void add(boost::beast::flat_buffer& buffer, std::string_view bytes) {
  const auto space = buffer.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(space.data()));
  buffer.commit(bytes.size());
}

// What a reader makes of the body, given so many bytes at a time; framed anew.
template <typename Reader>
std::string read_on(Reader& reader, std::string_view bytes, std::size_t step, Framing framing) {
  boost::beast::flat_buffer buffer;
  std::string out;
  while (!reader.is_done() && !bytes.empty()) {
    add(buffer, bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (std::size_t before = 0; !reader.is_done() && before != buffer.size();) {
      before = buffer.size();
      boost::system::error_code error;
      append_body(out, framing, reader.read_body(buffer, error));
      if (error) return "error: " + error.message();
    }
  }
  if (reader.is_done()) append_end(out, framing, reader.message());
  return out;
}

boost::system::result<Request, Fault> request_of(RequestReader& reader, const std::string& head) {
  boost::beast::flat_buffer buffer;
  add(buffer, head);
  EXPECT_FALSE(reader.read_head(buffer));
  EXPECT_TRUE(reader.has_head());
  return make_request(reader);
}

TEST(ARequest, GoesOnAsItCameButForWhatWasForUs) {
  RequestReader reader(65536);
  const auto request =
      request_of(reader,
                 "GET http://a.example.com/x?y HTTP/1.1\r\nHost: a.example.com\r\nConnection: keep-alive\r\n"
                 "Cookie: a=b\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(head_for_backend(*request, "10.0.0.7:80"), "GET /x?y HTTP/1.1\r\nHost: a.example.com\r\nCookie: a=b\r\n");
  EXPECT_EQ(request->framing, Framing::none);
  EXPECT_TRUE(request->keep_alive);
  EXPECT_TRUE(reader.is_done());
}

TEST(ARequest, OfHttp10EndsItsConnection) {
  RequestReader reader(65536);
  const auto request = request_of(reader, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(request->keep_alive);
  EXPECT_FALSE(request->http_1_1);
  EXPECT_EQ(head_for_backend(*request, "10.0.0.7:80"), "GET / HTTP/1.1\r\nHost: 10.0.0.7:80\r\n");
}

TEST(ARequest, OfHttp10WithAnAbsoluteTargetNamesItsHost) {
  RequestReader reader(65536);
  const auto request = request_of(reader, "GET http://a.example.com/x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(head_for_backend(*request, "10.0.0.7:80"), "GET /x HTTP/1.1\r\nHost: a.example.com\r\n");
}

// A body without its length would be the next request.
TEST(ARequest, KeepsTheLengthOfItsBodyWhateverConnectionNames) {
  for (const auto* named : {"Content-Length", "Content_Length", "content.length", "host, ho_st"}) {
    RequestReader reader(65536);
    const auto request = request_of(
        reader, "POST / HTTP/1.1\r\nHost: a\r\nConnection: " + std::string(named) + "\r\nContent-Length: 60\r\n\r\n");
    ASSERT_TRUE(request);
    EXPECT_EQ(head_for_backend(*request, ""), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n");
  }
}

TEST(ARequest, TellsThatItsBodyIsEmpty) {
  RequestReader reader(65536);
  const auto request = request_of(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(head_for_backend(*request, ""), HasSubstr("Content-Length: 0\r\n"));
}

// Beast's container has no room for a longer value, and throws.
TEST(AField, OfMoreThanItsContainerHoldsIsAnError) {
  for (const bool in_trailer : {false, true}) {
    ResponseReader reader(256 * 1024);
    boost::beast::flat_buffer buffer;
    const std::string field = "X: " + std::string(66000, 'a') + "\r\n\r\n";
    add(buffer, in_trailer ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + field
                           : "HTTP/1.1 200 OK\r\n" + field);
    auto error = reader.read_head(buffer);
    EXPECT_EQ(!error, in_trailer);
    if (in_trailer) reader.read_body(buffer, error);
    EXPECT_EQ(error, boost::beast::http::error::header_limit);
  }
}

TEST(ARequest, KeepsItsUpgradeWhereItHasNoBody) {
  RequestReader reader(65536);
  const auto request =
      request_of(reader, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_THAT(head_for_backend(*request, "10.0.0.7:80"), HasSubstr("Connection: upgrade\r\nUpgrade: websocket\r\n"));
  RequestReader other(65536);
  const auto with_body = request_of(
      other, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_THAT(head_for_backend(*with_body, ""), Not(HasSubstr("pgrade")));
}

class Bodies : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Bodies, OfKnownLengthPassAsTheyAre) {
  RequestReader reader(65536);
  const auto request = request_of(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  ASSERT_EQ(request->framing, Framing::length);
  EXPECT_EQ(read_on(reader, "0123456789", GetParam(), request->framing), "0123456789");
  EXPECT_TRUE(reader.is_done());
}

TEST_P(Bodies, InChunksKeepTheirTrailer) {
  RequestReader reader(65536);
  const auto request = request_of(reader, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(request->framing, Framing::chunked);
  EXPECT_THAT(head_for_backend(*request, "10.0.0.7:80"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  const auto out =
      read_on(reader, "a;x=y\r\n0123456789\r\n2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n", GetParam(), request->framing);
  EXPECT_TRUE(reader.is_done());
  EXPECT_THAT(out, ::testing::EndsWith("\r\n0\r\nX-Sum: 7\r\n\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("x=y")));
  RequestReader again(65536);
  ASSERT_TRUE(request_of(again, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(read_on(again, out, 1000, Framing::length), "0123456789ab");
}

TEST_P(Bodies, WithBrokenChunksAreErrors) {
  for (const auto* body :
       {"zz\r\n", "-1\r\nabc\r\n", "3\nabc\r\n", "fffffffffffffffff\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n", "\r\n3\r\nabc\r\n"}) {
    RequestReader reader(65536);
    ASSERT_TRUE(request_of(reader, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    EXPECT_THAT(read_on(reader, body, GetParam(), Framing::length), HasSubstr("error: ")) << body;
  }
}

TEST_P(Bodies, AsLargeAsNothingElse) {
  RequestReader reader(65536);
  ASSERT_TRUE(request_of(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"));
  EXPECT_EQ(read_on(reader, std::string(300000, 'b'), 1000 * GetParam(), Framing::length), std::string(300000, 'b'));
}

INSTANTIATE_TEST_SUITE_P(InPieces, Bodies, ::testing::Values(1, 2, 3, 7, 100));

TEST(ATrailer, SaysNothingThatAHeadSays) {
  Fields trailer;
  for (const auto* name : {"X-Forwarded-For", "x_forwarded_for", "Content-Length", "Transfer-Encoding", "Host",
                           "Connection", "Authorization", "X-Real-IP"}) {
    trailer.insert(name, "6.6.6.6");
  }
  trailer.insert("X-Sum", "7");
  std::string text;
  append(trailer_for_backend(trailer), text);
  EXPECT_EQ(text, "X-Sum: 7\r\n");
}

struct Came {
  const char* name;
  std::string response;  // head and body
  bool to_http_1_1 = true;
  bool to_head = false;
  std::string expected{};  // as the client gets it
  bool goes_on = true;     // the backend's connection
};

class Responses : public ::testing::TestWithParam<Came> {};

TEST_P(Responses, AreFramedForTheClient) {
  const Came& came = GetParam();
  for (const std::size_t step : {1, 3, 1000}) {
    ResponseReader reader(65536);
    if (came.to_head) reader.skip_body();
    boost::beast::flat_buffer buffer;
    const auto head_end = came.response.find("\r\n\r\n") + 4;
    add(buffer, came.response.substr(0, head_end));
    ASSERT_FALSE(reader.read_head(buffer));
    ASSERT_TRUE(reader.has_head());
    const auto made = make_response(reader, {.http_1_1 = came.to_http_1_1, .head = came.to_head});
    ASSERT_TRUE(made);
    const Response& response = *made;
    std::string out = head_for_client(response, false);
    const auto body = std::string_view(came.response).substr(head_end);
    if (response.framing == Framing::chunked && !body.empty()) {
      // Chunks of the client's own, which depend on how the bytes came.
      const std::string chunks = read_on(reader, body, step, Framing::length);
      ASSERT_FALSE(reader.end());
      append_body(out, response.framing, chunks);
      append_end(out, response.framing, trailer_for_client(reader.message()));
    } else {
      out += read_on(reader, body, step, response.framing);
      if (!reader.is_done()) {
        EXPECT_FALSE(reader.end());
      }
    }
    EXPECT_EQ(out, came.expected);
    EXPECT_EQ(response.backend_goes_on, came.goes_on);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Responses,
    ::testing::Values(
        Came{.name = "Length",
             .response = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
             .expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
        Came{.name = "Chunks",
             .response =
                 "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n",
             .expected = "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"},
        Came{.name = "ChunksToHttp10",
             .response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
             .to_http_1_1 = false,
             .expected = "HTTP/1.1 200 OK\r\n\r\nabc"},
        Came{.name = "UntilTheEnd",
             .response = "HTTP/1.1 200 OK\r\n\r\nabc",
             .expected = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
             .goes_on = false},
        Came{.name = "UntilTheEndToHttp10",
             .response = "HTTP/1.0 200 OK\r\n\r\nabc",
             .to_http_1_1 = false,
             .expected = "HTTP/1.1 200 OK\r\n\r\nabc",
             .goes_on = false},
        Came{.name = "Closing",
             .response = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
             .expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
             .goes_on = false},
        Came{.name = "NoContent",
             .response = "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
             .expected = "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"},
        Came{.name = "NotModifiedWithALength",
             .response = "HTTP/1.1 304 Not Modified\r\nContent-Length: 300\r\n\r\n",
             .expected = "HTTP/1.1 304 Not Modified\r\nContent-Length: 300\r\n\r\n"},
        Came{.name = "Head",
             .response = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n",
             .to_head = true,
             .expected = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"},
        Came{.name = "LengthNamedByConnection",
             .response = "HTTP/1.1 200 OK\r\nConnection: Content_Length\r\nContent-Length: 3\r\n\r\nabc",
             .expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
        Came{.name = "LengthTwiceInOneField",
             .response = "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc",
             .expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
        Came{.name = "NoContentWithChunks",
             .response = "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
             .expected = "HTTP/1.1 204 No Content\r\n\r\n"},
        Came{.name = "InterimWithALength",
             .response = "HTTP/1.1 103 Early Hints\r\nLink: a\r\nContent-Length: 3\r\n\r\n",
             .expected = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"},
        Came{.name = "UpgradeRequired",
             .response = "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: "
                         "websocket\r\nContent-Length: 0\r\n\r\n",
             .expected = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n"},
        Came{.name = "CookieInATrailer",
             .response =
                 "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nSet-Cookie: a=b\r\n\r\n",
             .expected = "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
        Came{.name = "HeadOfChunks",
             .response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
             .to_head = true,
             .expected = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}),
    [](const auto& test) { return test.param.name; });

class BadResponses : public ::testing::TestWithParam<const char*> {};

TEST_P(BadResponses, AreNobodysToPassOn) {
  ResponseReader reader(65536);
  boost::beast::flat_buffer buffer;
  add(buffer, GetParam());
  ASSERT_FALSE(reader.read_head(buffer));
  const auto made = make_response(reader, {});
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().status, 502U);
}

INSTANTIATE_TEST_SUITE_P(All, BadResponses,
                         ::testing::Values("HTTP/1.1 099 x\r\nContent-Length: 3\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"));

TEST(Answers, AreShortAndNameTheRequest) {
  EXPECT_EQ(write({.status = 503, .request_id = "id-1", .close = true}),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 37\r\nX-Request-Id: id-1\r\nConnection: close\r\n\r\n"
            "503 Service Unavailable\nrequest id-1\n");
  EXPECT_THAT(write({.status = 301, .request_id = "id-1", .location = "https://a/"}),
              HasSubstr("\r\nLocation: https://a/\r\n"));
  EXPECT_THAT(write({.status = 404, .request_id = "id-1", .without_body = true}), ::testing::EndsWith("\r\n\r\n"));
}

}  // namespace
}  // namespace realpeer::http
