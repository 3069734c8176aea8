// Bodies of any size, both ways, however they are framed; and what becomes of those that end early.
#include <functional>

#include "e2e/http.h"
#include "harness/receivers/http_programs.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

using Fields = HttpFields;

constexpr auto kMostQueued = 16 * kMiB;
constexpr auto kMostResident = 16 * kMiB;
constexpr auto kPiece = 64 * kKiB;

std::string posted(const std::string& path, const std::string& fields) { return request("POST", path, fields); }
std::string of_length(std::uint64_t bytes) { return "Content-Length: " + std::to_string(bytes) + "\r\n"; }
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

void send_chunks(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0) {
  for (std::uint64_t sent = 0; sent < count; sent += kPiece) socket.send_all(chunk(content.bytes(from + sent, kPiece)));
  socket.send_all(chunk("") + "\r\n");
}
void receive_chunks(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0) {
  std::uint64_t have = 0;
  for (auto part = read_chunk(reading(socket)); !part.empty(); part = read_chunk(reading(socket))) {
    ASSERT_EQ(content.first_difference(from + have, part), std::nullopt);
    have += part.size();
  }
  EXPECT_EQ(have, count);
  EXPECT_EQ(socket.receive_exactly(2), "\r\n");
}

// The test itself is the backend.
class HttpBodies : public Http {
 protected:
  void start_by_hand() {
    backend.emplace(net->backend, kApp);
    start_web();
  }

  // A client, and the backend's end once it has read the head of its request.
  struct Met {
    Socket client;
    Socket server;
    HttpMessage head;
  };
  Met meet(const std::string& sent) {
    Socket client = connect();
    client.send_all(sent);
    Socket server = backend->accept();
    auto head = read_head(reading(server));
    return {std::move(client), std::move(server), std::move(head)};
  }
  [[nodiscard]] std::uint64_t resident() const { return gateway->process().resident_bytes(); }

  // The client's view of a response that never became whole.
  void expect_cut(const std::string& sent, const std::string& answered, bool by_reset) {
    auto [client, server, head] = meet(sent);
    server.send_all(answered);
    EXPECT_THAT(read_head(reading(client)).first_line(), HasSubstr("200"));
    by_reset ? server.reset() : server.close();
    EXPECT_EQ(client.ending().end, End::reset) << answered;
    EXPECT_EQ(record_of(client.local()).text("end"), "backend_reset") << answered;
  }
};

TEST_P(HttpBodies, AnUploadOf1GiBToABackendThatStallsArrivesWholeAndCostsNoMemory) {
  start_by_hand();
  const auto before = resident();
  auto [client, server, head] = meet(posted("/up", of_length(kGiB)));
  const auto queued = send_until_blocked(client, kUpload, kGiB);
  EXPECT_LE(queued, kMostQueued);
  EXPECT_LE(resident(), before + kMostResident);
  at_once({[&c = client, queued] { send_content(c, kUpload, kGiB - queued, queued); },
           [&s = server] { receive_content(s, kUpload, kGiB); }});
  EXPECT_LE(resident(), before + kMostResident);
  server.send_all(response("done"));
  EXPECT_EQ(read_response(client).body, "done");
  const auto record = record_of_request("/up");
  EXPECT_GE(record.number("bytes_in"), kGiB) << record;
  EXPECT_EQ(record.text("path"), "relay") << record;
}

TEST_P(HttpBodies, ADownloadOf1GiBToAClientThatStallsArrivesWholeAndCostsNoMemory) {
  start_by_hand();
  const auto before = resident();
  auto [client, server, head] = meet(get_request("/down"));
  server.send_all("HTTP/1.1 200 OK\r\n" + of_length(kGiB) + "\r\n");
  const auto queued = send_until_blocked(server, kDownload, kGiB);
  EXPECT_LE(queued, kMostQueued);
  EXPECT_LE(resident(), before + kMostResident);
  EXPECT_EQ(read_head(reading(client)).status(), 200);
  at_once({[&s = server, queued] { send_content(s, kDownload, kGiB - queued, queued); },
           [&c = client] { receive_content(c, kDownload, kGiB); }});
  EXPECT_LE(resident(), before + kMostResident);
  EXPECT_GE(record_of_request("/down").number("bytes_out"), kGiB);
}

TEST_P(HttpBodies, ChunksBothWaysAtOnceArriveWhole) {
  start_by_hand();
  constexpr auto kBytes = 128 * kMiB;
  const auto before = resident();
  auto [client, server, head] = meet(posted("/both", kChunked));
  EXPECT_EQ(head.field("Transfer-Encoding"), "chunked");
  EXPECT_FALSE(head.has("Content-Length"));
  server.send_all("HTTP/1.1 200 OK\r\n" + kChunked + "\r\n");
  EXPECT_EQ(read_head(reading(client)).field("Transfer-Encoding"), "chunked");
  at_once({[&c = client] { send_chunks(c, kUpload, kBytes); }, [&s = server] { receive_chunks(s, kUpload, kBytes); },
           [&s = server] { send_chunks(s, kDownload, kBytes); },
           [&c = client] { receive_chunks(c, kDownload, kBytes); }});
  EXPECT_LE(resident(), before + kMostResident);
}

TEST_P(HttpBodies, TrailersCrossBothWays) {
  start_by_hand();
  auto [client, server, head] =
      meet(posted("/", kChunked + "Trailer: X-Sum\r\n") + chunk("up") + chunk("") + "X-Sum: 1\r\n\r\n");
  EXPECT_EQ(head.field("Trailer"), "X-Sum");
  EXPECT_EQ(server.receive_exactly(chunk("up").size()), chunk("up"));
  EXPECT_EQ(server.receive_exactly(15), "0\r\nX-Sum: 1\r\n\r\n");
  server.send_all("HTTP/1.1 200 OK\r\n" + kChunked + "\r\n" + chunk("down") + chunk("") + "X-Sum: 2\r\n\r\n");
  const auto answer = read_response(client);
  EXPECT_EQ(answer.body, "down");
  EXPECT_EQ(answer.trailer, (Fields{{"X-Sum", "2"}}));
}

TEST_P(HttpBodies, NodeGetsWhatCurlSendsHoweverItIsFramed) {
  const NodeHttp node(net->backend, kApp);
  const TemporaryDirectory files;
  const auto file = files.write("file", kUpload.bytes(0, 3 * kMiB + 7)).string();
  start_web();
  for (const std::vector<std::string>& framing :
       {std::vector<std::string>{"--data-binary", "@" + file},
        {"--data-binary", "@" + file, "--header", "Transfer-Encoding: chunked"},
        {"--upload-file", file, "--header", "Expect: 100-continue"}}) {
    EXPECT_THAT(get({.url = "http://203.0.113.1:8000/", .options = framing}).body, HasSubstr("\"body\":3145735,"));
  }
}

TEST_P(HttpBodies, AClientThatAsksFirstIsToldToGoOn) {
  start_by_hand();
  auto [client, server, head] = meet(posted("/", of_length(4) + "Expect: 100-continue\r\n"));
  EXPECT_EQ(head.field("Expect"), "100-continue");
  EXPECT_FALSE(client.readable_within(Duration{0})) << "that is for the backend to say";
  server.send_all("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(read_head(reading(client)).first_line(), "HTTP/1.1 100 Continue");
  client.send_all("body");
  EXPECT_EQ(server.receive_exactly(4), "body");
  server.send_all(response("done"));
  EXPECT_EQ(read_response(client).body, "done");
  client.send_all(kGet);
  EXPECT_EQ(read_head(reading(server)).method(), "GET") << "both go on";
}

TEST_P(HttpBodies, AClientThatAsksFirstIsToldAtOnceThatItNeedNotSend) {
  start_by_hand();
  for (const std::string status : {"417 Expectation Failed", "401 Unauthorized"}) {
    auto [client, server, head] = meet(posted("/", of_length(kGiB) + "Expect: 100-continue\r\n"));
    server.send_all("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno");
    const auto answer = read_response(client);
    EXPECT_EQ(answer.first_line(), "HTTP/1.1 " + status);
    EXPECT_EQ(answer.body, "no");
    EXPECT_EQ(answer.field("Connection"), "close") << "it might send its body all the same";
    EXPECT_EQ(client.ending().end, End::eof);
    EXPECT_NE(server.ending().end, End::deadline) << "whoever comes next must not end that request";
  }
}

TEST_P(HttpBodies, InterimResponsesPassAndAnOldClientIsSparedThem) {
  start_by_hand();
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
  {
    auto [client, server, head] = meet(kGet);
    server.send_all(interim + response("x"));
    EXPECT_EQ(read_head(reading(client)).field("Link"), "</a.css>");
    EXPECT_EQ(read_head(reading(client)).status(), 102);
    EXPECT_EQ(read_response(client).body, "x");
  }
  Socket old = connect();
  old.send_all("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  Socket server = backend->accept();
  read_head(reading(server));
  server.send_all(interim + response("x"));
  EXPECT_EQ(read_response(old).body, "x");
}

TEST_P(HttpBodies, ResponsesWithoutBodyEndWithTheirHead) {
  start_by_hand();
  struct Case {
    std::string method, status, fields;
  };
  const std::vector<Case> cases = {{"HEAD", "200 OK", of_length(5)},
                                   {"HEAD", "200 OK", kChunked},
                                   {"HEAD", "404 Not Found", ""},
                                   {"GET", "204 No Content", ""},
                                   {"GET", "304 Not Modified", of_length(5)},
                                   {"GET", "304 Not Modified", "ETag: \"1\"\r\n"},
                                   {"GET", "200 OK", of_length(0)}};
  std::optional<Socket> server;
  Socket client = connect();
  for (const auto& [method, status, fields] : cases) {
    client.send_all(request(method, "/"));
    if (!server) server.emplace(backend->accept());
    EXPECT_EQ(read_head(reading(*server)).method(), method) << "the connections go on";
    const auto head = std::string("HTTP/1.1 ").append(status).append("\r\n").append(fields).append("\r\n");
    server->send_all(head);
    EXPECT_EQ(read_head(reading(client)).head, head);
  }
}

TEST_P(HttpBodies, AnOldClientGetsNoChunks) {
  start_by_hand();
  Socket client = connect();
  client.send_all("GET / HTTP/1.0\r\nHost: git.example.com\r\nConnection: keep-alive\r\n\r\n");
  Socket server = backend->accept();
  EXPECT_THAT(read_head(reading(server)).first_line(), HasSubstr("HTTP/1.1"));
  server.send_all("HTTP/1.1 200 OK\r\n" + kChunked + "\r\n" + chunk("one") + chunk("two") + chunk("") + "\r\n");
  const auto head = read_head(reading(client));
  EXPECT_FALSE(head.has("Transfer-Encoding"));
  EXPECT_EQ(head.field("Connection"), "close");
  EXPECT_EQ(client.receive_until_eof(), "onetwo");
}

TEST_P(HttpBodies, WhatOnlyTheBackendsEndEndsIsWholeByThen) {
  start_by_hand();
  auto [client, server, head] = meet(kGet);
  server.send_all("HTTP/1.0 200 OK\r\n\r\nall of it");
  server.close();
  EXPECT_EQ(read_response(client).body, "all of it");
  client.send_all(kGet);
  Socket again = backend->accept();
  read_head(reading(again));
  again.send_all(response("and more"));
  EXPECT_EQ(read_response(client).body, "and more");
}

TEST_P(HttpBodies, AResponseThatDoesNotWaitForTheRestIsSeen) {
  start_by_hand();
  for (const bool by_reset : {false, true}) {
    auto [client, server, head] = meet(posted("/early", of_length(kGiB)));
    send_content(client, kUpload, kMiB);
    receive_content(server, kUpload, kMiB);
    server.send_all("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    by_reset ? server.reset() : server.close();
    const auto answer = read_response(client);
    EXPECT_EQ(answer.status(), 413);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.send_fails_within(kDeadline)) << "nobody reads that";
  }
}

TEST_P(HttpBodies, CurlSeesThatNginxTakesNoSuchBody) {
  const Nginx nginx(net->backend,
                    {.http = "client_max_body_size 1m;\nserver { listen 10.77.0.2:9000; root /nowhere; }"});
  const TemporaryDirectory files;
  const auto file = files.write("file", std::string(8 * kMiB, 'x')).string();
  start_web();
  for (const auto* expect : {"Expect:", "Expect: 100-continue"}) {
    const auto answer = curl(
        net->client, {.url = "http://203.0.113.1:8000/", .options = {"--data-binary", "@" + file, "--header", expect}});
    EXPECT_EQ(answer.status, 413) << answer.errors;
    EXPECT_THAT(answer.body, HasSubstr("413 Request Entity Too Large"));
  }
}

TEST_P(HttpBodies, AResponseThatIsNotWholeIsNotTakenForWhole) {
  start_by_hand();
  const std::string old = "GET / HTTP/1.0\r\nHost: git.example.com\r\n\r\n";
  const auto short_of_length = "HTTP/1.1 200 OK\r\n" + of_length(10) + "\r\nhalf";
  const auto short_of_chunks = "HTTP/1.1 200 OK\r\n" + kChunked + "\r\n" + chunk("half");
  for (const bool by_reset : {false, true}) {
    for (const auto& asked : {kGet, old}) {
      expect_cut(asked, short_of_length, by_reset);
      expect_cut(asked, short_of_chunks, by_reset);
      expect_cut(asked, short_of_chunks + "5\r\nab", by_reset);
    }
  }
  expect_cut(kGet, "HTTP/1.1 200 OK\r\n\r\nuntil the end", true);
}

TEST_P(HttpBodies, AResponseThatBreaksOffIntoSomethingElseIsCut) {
  start_by_hand();
  auto [client, server, head] = meet(get_request("/broken"));
  server.send_all("HTTP/1.1 200 OK\r\n" + kChunked + "\r\n" + chunk("half"));
  EXPECT_EQ(read_head(reading(client)).status(), 200);
  server.send_all("no chunk\r\n");
  EXPECT_EQ(client.ending().end, End::reset);
  EXPECT_THAT(record_of_request("/broken").text("detail"), HasSubstr("broken"));
}

TEST_P(HttpBodies, AClientThatDoesNotReadIsNotWaitedForWithoutEnd) {
  web.timeouts = "body: 500ms";
  start_by_hand();
  auto [client, server, head] = meet(get_request("/unread"));
  server.send_all("HTTP/1.1 200 OK\r\n" + of_length(kGiB) + "\r\n");
  EXPECT_TRUE(server.send_fails_within(kDeadline));
  EXPECT_EQ(record_of_request("/unread").text("end"), "client_reset");
}

TEST_P(HttpBodies, ABackendThatDoesNotReadIsNotWaitedForWithoutEnd) {
  web.timeouts = "response: 500ms";
  start_by_hand();
  auto [client, server, head] = meet(posted("/unread", of_length(kGiB)));
  at_once({[&c = client] { EXPECT_TRUE(c.send_fails_within(kDeadline)); },
           [&c = client] { EXPECT_EQ(read_response(c).status(), 504); }});
  EXPECT_EQ(record_of_request("/unread").text("reason"), "backend_timeout");
}

TEST_P(HttpBodies, AClientThatLeavesEndsItsRequest) {
  start_by_hand();
  {
    auto [client, server, head] = meet(posted("/half", of_length(10)) + "half");
    EXPECT_EQ(server.receive_exactly(4), "half");
    client.close();
    EXPECT_NE(server.ending().end, End::deadline);
    EXPECT_EQ(record_of_request("/half").text("end"), "client_reset");
  }
  auto [client, server, head] = meet(get_request("/waits"));
  client.reset();
  EXPECT_NE(server.ending().end, End::deadline);
  EXPECT_EQ(record_of_request("/waits").text("end"), "client_reset");
}

INSTANTIATE_TEST_SUITE_P(Path, HttpBodies, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
