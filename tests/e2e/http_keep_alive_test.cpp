// Connections that carry one request after another, on both sides: whose they may be, and how long.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "e2e/http.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class HttpKeepAlive : public Http {
 protected:
  // The next request on a client's connection, and its response.
  static HttpMessage next(Socket& client, const std::string& request) {
    client.send_all(request);
    return read_response(client);
  }
  // Each worker has connections of its own: that many requests find one of them again.
  static constexpr unsigned kClients = 12;
  [[nodiscard]] static unsigned workers() { return std::max(1U, std::thread::hardware_concurrency()); }
};

TEST_P(HttpKeepAlive, ManyClientsShareConnectionsToABackendThatReadsFields) {
  start_with_app();
  std::vector<Socket> clients;
  for (unsigned i = 0; i < kClients; ++i) {
    auto& client = clients.emplace_back(connect({.from = i % 2 == 0 ? kStranger : endpoint("203.0.113.42:0")}));
    EXPECT_EQ(next(client, kGet).status(), 200);
    EXPECT_EQ(app->last().field("X-Forwarded-For"), i % 2 == 0 ? "203.0.113.66" : "203.0.113.42");
  }
  EXPECT_EQ(app->seen().size(), kClients);
  EXPECT_LE(app->connections(), workers());
}

TEST_P(HttpKeepAlive, NobodySharesAConnectionThatBeginsWithAHeader) {
  web.app = "identity: proxy-v2";
  start_with_app();
  std::vector<Socket> clients;
  std::vector<std::string> peers;
  for (int round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < kClients; ++i) {
      if (round == 0) peers.push_back(to_string(clients.emplace_back(connect()).local()));
      EXPECT_EQ(next(clients[i], kGet).status(), 200);
      EXPECT_EQ(app->seen().back().connection, i + 1);
    }
  }
  EXPECT_EQ(app->clients(), peers);
}

TEST_P(HttpKeepAlive, ClientsOfOneForwarderDoNotShareSuchAConnectionEither) {
  web.app = "identity: proxy-v2";
  web.listener = "accept_proxy: off | trusted_forwarders: [203.0.113.42/32]";
  start_with_app();
  Socket forwarder = connect();
  std::vector<unsigned> used;
  for (const auto* client : {"198.51.100.7", "198.51.100.7", "198.51.100.8", "198.51.100.7"}) {
    EXPECT_EQ(next(forwarder, get_request("/", "X-Forwarded-For: " + std::string(client) + "\r\n")).status(), 200);
    used.push_back(app->seen().back().connection);
  }
  EXPECT_EQ(used, (std::vector<unsigned>{1, 1, 2, 3}));
  EXPECT_EQ(app->clients(), (std::vector<std::string>{"198.51.100.7:0", "198.51.100.8:0", "198.51.100.7:0"}));
}

TEST_P(HttpKeepAlive, NginxKnowsEachClientByItsHeader) {
  const Nginx nginx(net->backend,
                    {.http = "server { listen 10.77.0.2:9000 proxy_protocol; return 200 \"$proxy_protocol_addr\"; }"});
  web.app = "identity: proxy-v2, profile: nginx";
  start_web();
  for (const auto* from : {"203.0.113.42", "203.0.113.66", "203.0.113.42"}) {
    EXPECT_EQ(get({.url = "http://203.0.113.1:8000/", .from = from}).body, from);
  }
}

TEST_P(HttpKeepAlive, CurlUsesItsConnectionAgain) {
  const Nginx nginx(net->backend, {.http = "server { listen 10.77.0.2:9000; return 200 \"$connection_requests \"; }"});
  start_web();
  const std::string url = "http://203.0.113.1:8000/";
  const auto response = get({.url = url, .options = {"--verbose", url}});
  EXPECT_THAT(response.errors, HasSubstr("Re-using existing connection"));
  EXPECT_THAT(response.body, HasSubstr("2 "));
}

TEST_P(HttpKeepAlive, WhatABackendAnnouncesToCloseIsNotUsedAgain) {
  start_with_app([](const HttpMessage& request) { return response(request.target(), "Connection: close\r\n"); });
  Socket client = connect();
  for (unsigned i = 1; i <= 3; ++i) {
    const auto answer = next(client, kGet);
    EXPECT_FALSE(answer.has("Connection")) << "that is between it and the gateway";
    EXPECT_EQ(app->connections(), i);
  }
}

TEST_P(HttpKeepAlive, AClientThatWantsToCloseIsClosedFor) {
  start_with_app();
  for (const auto& request : {get_request("/", "Connection: close\r\n"), get_request("/", "Connection: x, Close\r\n"),
                              std::string("GET / HTTP/1.0\r\nHost: git.example.com\r\n\r\n")}) {
    Socket client = connect();
    const auto answer = next(client, request);
    EXPECT_EQ(answer.field("Connection"), "close") << request;
    const auto ending = client.ending();
    EXPECT_EQ(ending.end, End::eof) << request;
    EXPECT_EQ(ending.bytes, "") << request;
  }
  EXPECT_LE(app->connections(), workers()) << "the backend's connection goes on";
}

TEST_P(HttpKeepAlive, ABackendsConnectionWaitsNoLongerThanItMay) {
  web.app = "identity: xff, keep_alive: 200ms";
  start_with_app();
  Socket client = connect();
  EXPECT_EQ(next(client, kGet).status(), 200);
  EXPECT_TRUE(eventually([&] { return app->open_connections() == 0; }, kSoon));
  EXPECT_EQ(next(client, kGet).status(), 200);
  EXPECT_EQ(app->connections(), 2U);
}

TEST_P(HttpKeepAlive, NeitherDoesOneThatIsAClientsOwn) {
  web.app = "identity: proxy-v2, keep_alive: 200ms";
  start_with_app();
  Socket client = connect();
  EXPECT_EQ(next(client, kGet).status(), 200);
  EXPECT_TRUE(eventually([&] { return app->open_connections() == 0; }, kSoon));
  EXPECT_EQ(next(client, kGet).status(), 200);
  EXPECT_EQ(app->connections(), 2U);
}

TEST_P(HttpKeepAlive, WithoutPermissionToWaitEveryRequestHasItsOwn) {
  web.app = "identity: xff, keep_alive: 0s";
  start_with_app([](const HttpMessage& request) { return response(request.target(), "Connection: close\r\n"); });
  Socket client = connect();
  for (unsigned i = 1; i <= 3; ++i) {
    EXPECT_EQ(next(client, kGet).status(), 200);
    EXPECT_EQ(app->last().field("Connection"), "close");
    EXPECT_EQ(app->connections(), i);
  }
}

TEST_P(HttpKeepAlive, AnIdleClientIsClosedOnInTime) {
  web.timeouts = "keep_alive: 300ms";
  start_with_app();
  Socket client = connect();
  EXPECT_EQ(next(client, kGet).status(), 200);
  EXPECT_EQ(client.ending(kSoon).end, End::eof);
}

// The backend counts: what it may have begun is not sent again.
TEST_P(HttpKeepAlive, AConnectionThatEndsAsTheNextRequestComesCostsNoRequestAndRepeatsNone) {
  std::atomic<int> posts = 0;
  std::atomic<bool> dies = false;
  start_with_app([&](const HttpMessage& request) {
    posts += request.method() == "POST" ? 1 : 0;
    return dies.exchange(false) ? "" : HttpBackend::ok(request);
  });
  Socket client = connect();
  EXPECT_EQ(next(client, kGet).status(), 200);
  dies = true;
  EXPECT_EQ(next(client, get_request("/again")).status(), 200);
  EXPECT_EQ(app->seen().size(), 3U) << "once in vain";
  dies = true;
  EXPECT_EQ(next(client, request("POST", "/once", "", "body")).status(), 502);
  EXPECT_EQ(posts, 1);
}

TEST_P(HttpKeepAlive, AGetThatANewConnectionDidNotAnswerIsNotRepeated) {
  start_with_app([](const HttpMessage&) { return ""; });
  EXPECT_EQ(ask(kGet).status(), 502);
  EXPECT_EQ(app->seen().size(), 1U);
}

// Backends end what waits for long, at any moment; a request that must not be repeated avoids that.
TEST_P(HttpKeepAlive, APostTakesNoConnectionThatHasWaitedForLong) {
  start_with_app();
  Socket client = connect();
  const auto post_shares = [&](Duration after) {
    EXPECT_EQ(next(client, kGet).status(), 200);
    const auto before = app->connections();
    std::this_thread::sleep_for(after);
    EXPECT_EQ(next(client, request("POST", "/", "", "body")).status(), 200);
    return app->connections() == before;
  };
  EXPECT_TRUE(eventually([&] { return post_shares(Duration{0}); }, kDeadline));
  EXPECT_FALSE(post_shares(Duration{1'100}));
}

TEST_P(HttpKeepAlive, WhatABackendSendsUnaskedReachesNobody) {
  start_with_app([](const HttpMessage& request) { return response(request.target()) + response("unasked"); });
  Socket client = connect();
  for (const auto* path : {"/1", "/2", "/3"}) EXPECT_EQ(next(client, get_request(path)).body, path);
  EXPECT_EQ(app->connections(), 3U);
}

TEST_P(HttpKeepAlive, NeitherDoesWhatItSendsUnaskedLater) {
  backend.emplace(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(kGet);
  Socket server = backend->accept();
  read_head(reading(server));
  server.send_all(response("asked"));
  EXPECT_EQ(read_response(client).body, "asked");
  server.send_all(response("unasked"));
  ASSERT_TRUE(eventually([&] { return server.unacknowledged() == 0; }, kSoon));
  client.send_all(kGet);
  Socket fresh = backend->accept();
  read_head(reading(fresh));
  fresh.send_all(response("fresh"));
  EXPECT_EQ(read_response(client).body, "fresh");
}

TEST_P(HttpKeepAlive, AClientThatHasSaidAllIsAnsweredAllTheSame) {
  start_with_app();
  Socket client = connect();
  client.send_all(request("POST", "/", "", "body") + get_request("/last"));
  client.shutdown_write();
  EXPECT_EQ(read_response(client).body, "POST /");
  EXPECT_EQ(read_response(client).body, "GET /last");
  EXPECT_EQ(client.receive_until_eof(), "");
}

TEST_P(HttpKeepAlive, DrainingEndsIdleConnectionsAtOnceAndAnswersWhatIsUnderWay) {
  std::atomic<bool> go_on = false;
  start_with_app([&](const HttpMessage& request) {
    if (request.target() == "/slow") eventually([&] { return go_on.load(); }, kDeadline);
    return HttpBackend::ok(request);
  });
  Socket idle = connect();
  EXPECT_EQ(next(idle, kGet).status(), 200);
  Socket busy = connect();
  busy.send_all(get_request("/slow"));
  ASSERT_TRUE(eventually([&] { return app->seen().size() == 2; }, kSoon));
  gateway->process().signal(SIGTERM);
  EXPECT_EQ(idle.ending(kSoon).end, End::eof);
  EXPECT_TRUE(gateway->process().running());
  go_on = true;
  const auto answer = read_response(busy);
  EXPECT_EQ(answer.body, "GET /slow");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(busy.ending(kSoon).end, End::eof);
  idle.close();
  busy.close();
  EXPECT_EQ(gateway->process().wait(kSoon), Exit{});
  EXPECT_EQ(record_of_request("/slow").text("end"), "closed");
}

INSTANTIATE_TEST_SUITE_P(Path, HttpKeepAlive, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
