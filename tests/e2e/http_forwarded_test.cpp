// Who a request is from, as its backend is told: the client that is believed, and nothing that the client wrote.
#include "e2e/http.h"
#include "harness/receivers/http_programs.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class HttpForwarded : public Http {};

// Every spelling by which some software finds the client: names that CGI takes for the same, too.
TEST_P(HttpForwarded, WhatAClientForgesNeverReachesTheBackend) {
  start_with_app();
  constexpr const char* kForged = "198.51.100.99";
  for (const std::string name : {"X-Forwarded-For",
                                 "x-forwarded-for",
                                 "X_Forwarded_For",
                                 "X-Forwarded_For",
                                 "X-FORWARDED-FOR",
                                 "X-Real-IP",
                                 "X_Real_IP",
                                 "x-real_ip",
                                 "X-Client-IP",
                                 "Client-IP",
                                 "True-Client-IP",
                                 "CF-Connecting-IP",
                                 "Fastly-Client-IP",
                                 "X-Cluster-Client-IP",
                                 "X-Forwarded",
                                 "Forwarded-For",
                                 "X-Original-Forwarded-For",
                                 "X-Remote-IP",
                                 "X-Remote-Addr",
                                 "X-Originating-IP",
                                 "X-ProxyUser-Ip",
                                 "Forwarded",
                                 "X-Forwarded-Host",
                                 "X-Forwarded-Server"}) {
    const auto line = name + ": " + kForged + "\r\n";
    for (const auto& fields : {line, line + line, name + ":" + kForged + ", 10.0.0.1\r\n",
                               "Connection: " + name + "\r\n" + line, "Connection: close, " + name + "\r\n" + line}) {
      const auto seen = passed(get_request("/forged", fields));
      EXPECT_THAT(seen.head, Not(HasSubstr(kForged))) << fields;
      EXPECT_EQ(seen.field("X-Forwarded-For"), "203.0.113.42") << fields;
      EXPECT_EQ(seen.field("X-Real-IP"), "203.0.113.42") << fields;
    }
  }
}

TEST_P(HttpForwarded, ConnectionCannotTakeAwayWhatTheGatewayWrites) {
  start_with_app();
  const auto seen = passed(get_request("/",
                                       "Connection: X-Forwarded-For, X-Real-IP, Host, X-Request-Id, X-Own\r\n"
                                       "X-Own: for the next hop\r\n"));
  EXPECT_EQ(seen.field("X-Forwarded-For"), "203.0.113.42");
  EXPECT_EQ(seen.field("X-Real-IP"), "203.0.113.42");
  EXPECT_EQ(seen.field("Host"), "git.example.com");
  EXPECT_TRUE(seen.has("X-Request-Id"));
  EXPECT_FALSE(seen.has("X-Own"));
}

TEST_P(HttpForwarded, ATrailerNamesNobodyEither) {
  start_with_app();
  const auto seen = passed(request("POST", "/", "Transfer-Encoding: chunked\r\nTrailer: X-Checksum\r\n") +
                           chunk("content") + chunk("") +
                           "X-Forwarded-For: 198.51.100.99\r\nForwarded: for=198.51.100.99\r\nX_Real_IP: 198.51.100.99"
                           "\r\nHost: other.example.com\r\nCookie: a=b\r\nX-Checksum: 1\r\n\r\n");
  EXPECT_EQ(seen.body, "content");
  EXPECT_EQ(seen.trailer, (HttpFields{{"X-Checksum", "1"}}));
  EXPECT_EQ(seen.field("X-Forwarded-For"), "203.0.113.42");
}

TEST_P(HttpForwarded, TellsHowTheRequestCame) {
  start_with_app();
  const auto seen = passed("GET /came HTTP/1.1\r\nHost: Git.example.com:8000\r\nX-Forwarded-Proto: https\r\n\r\n");
  EXPECT_EQ(seen.field("X-Forwarded-Proto"), "http");
  EXPECT_EQ(seen.field("X-Forwarded-Host"), "Git.example.com:8000");
  EXPECT_EQ(seen.field("Host"), "Git.example.com:8000");
  EXPECT_EQ(seen.field("X-Request-Id"), of_request(record_of_request("/came"), "id"));
  EXPECT_FALSE(seen.has("Forwarded"));
}

TEST_P(HttpForwarded, WritesForwardedWhereItIsAskedFor) {
  web.app = "identity: xff, forwarded: on";
  web.bind = "[fd00:c::1]:8000";
  start_with_app();
  const auto seen = passed(get_request("/", "Forwarded: for=198.51.100.99\r\n"));
  EXPECT_EQ(seen.field("Forwarded"), "for=\"[fd00:c::42]\";host=\"git.example.com\";proto=http");
  EXPECT_EQ(seen.field("X-Forwarded-For"), "fd00:c::42");
  EXPECT_EQ(seen.field("X-Real-IP"), "fd00:c::42");
}

TEST_P(HttpForwarded, AnIPv4ClientOfAnIPv6ListenerIsWrittenAsIPv4) {
  web.bind = "[::]:8000";
  start_with_app();
  config.binds = {"203.0.113.1:8000"};
  EXPECT_EQ(passed(kGet).field("X-Forwarded-For"), "203.0.113.42");
}

TEST_P(HttpForwarded, ByAHeaderBeforeTheRequestIsWhomItNames) {
  web.listener = "accept_proxy: strict | trusted_cidrs: [203.0.113.42/32]";
  start_with_app();
  for (const auto& [client, destination, written] :
       {std::tuple{"198.51.100.7:40001", "192.0.2.10:443", "198.51.100.7"},
        std::tuple{"[2001:db8::7]:40001", "[2001:db8::10]:443", "2001:db8::7"},
        std::tuple{"[::ffff:198.51.100.8]:40001", "[::ffff:192.0.2.10]:443", "198.51.100.8"}}) {
    const auto header = proxy_v2(endpoint(client), endpoint(destination));
    const auto seen = passed(header + get_request("/named", "X-Forwarded-For: 198.51.100.99\r\n"));
    EXPECT_EQ(seen.field("X-Forwarded-For"), written);
    EXPECT_EQ(seen.field("X-Real-IP"), written);
  }
  EXPECT_EQ(passed(proxy_v2_local() + kGet).field("X-Forwarded-For"), "203.0.113.42");
  EXPECT_EQ(record_of_request("/named").text("client_source"), "proxy-v2");
}

TEST_P(HttpForwarded, ABackendThatIsToldNothingIsToldNothingForgedEither) {
  web.app = "identity: none";
  start_with_app();
  const auto seen = passed(get_request("/", "X-Forwarded-For: 198.51.100.99\r\nX-Real-IP: 198.51.100.99\r\n"));
  for (const auto* name : {"X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto"}) {
    EXPECT_FALSE(seen.has(name)) << name;
  }
}

// Programs of the distribution, and curl as their client.
TEST_P(HttpForwarded, NginxNodeAndPythonKnowTheClient) {
  const Nginx nginx(net->backend, {.http = "server { listen 10.77.0.2:9001; return 200 \"$http_x_forwarded_for\"; }"});
  const NodeHttp node(net->backend, endpoint("10.77.0.2:9002"));
  const PythonHttp python(net->backend, endpoint("10.77.0.2:9003"));
  web.rules =
      "{ path: /nginx, backend: nginx }, { path: /node, backend: node }, { path: /python, backend: python },"
      "{ backend: app }";
  web.backends = R"(nginx: { endpoints: ["10.77.0.2:9001"], identity: xff } |)"
                 R"( node: { endpoints: ["10.77.0.2:9002"], identity: xff } |)"
                 R"( python: { endpoints: ["10.77.0.2:9003"], identity: xff })";
  start_web();
  const auto asked = [&](const std::string& path) {
    return get({.url = "http://203.0.113.1:8000" + path, .options = {"--header", "X-Forwarded-For: 198.51.100.99"}});
  };
  EXPECT_EQ(asked("/nginx").body, "203.0.113.42");
  EXPECT_THAT(asked("/node").body, HasSubstr(R"("x-forwarded-for":"203.0.113.42")"));
  EXPECT_THAT(asked("/python").body, HasSubstr(R"("x-forwarded-for": "203.0.113.42")"));
  const auto logged = nginx.http_log().wait_for_record([](const Record&) { return true; });
  EXPECT_EQ(logged.text("x_forwarded_for"), "203.0.113.42") << logged;
  EXPECT_EQ(logged.text("x_real_ip"), "203.0.113.42") << logged;
  EXPECT_EQ(logged.text("remote_addr"), "10.77.0.1") << logged;
}

TEST_P(HttpForwarded, CurlsOwnHeaderIsBelievedOfATrustedPeer) {
  web.listener = "accept_proxy: strict | trusted_cidrs: [203.0.113.42/32]";
  start_with_app();
  const CurlRequest with_header{.url = "http://203.0.113.1:8000/curl", .proxy_header = true};
  EXPECT_EQ(get(with_header).body, "GET /curl");
  EXPECT_EQ(app->last().field("X-Forwarded-For"), "203.0.113.42");
  EXPECT_EQ(record_of_request("/curl").text("client_source"), "proxy-v1");
  auto stranger = with_header;
  stranger.from = "203.0.113.66";
  EXPECT_NE(curl(net->client, stranger).exit, 0);
}

// A backend that reads no header and no field is told by the kernel all the same.
TEST_P(HttpForwarded, TheKernelNamesTheClientOfARequestToo) {
  const PythonHttp python(net->backend, kApp);
  web.app = "identity: peername";
  start_web();
  const auto body = get({.url = "http://203.0.113.1:8000/"}).body;
  EXPECT_THAT(body, HasSubstr(R"("peer": "203.0.113.42")"));
}

INSTANTIATE_TEST_SUITE_P(Path, HttpForwarded, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
