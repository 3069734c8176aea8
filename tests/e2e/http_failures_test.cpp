// What a client is told, and the log, where there is no good response; and who is not listened to at all.
#include <atomic>
#include <mutex>

#include "e2e/http.h"

namespace realpeer::testing {
namespace {

class HttpFailures : public Http {
 protected:
  // The answer, and the line with its reason.
  void expect_told(const std::string& path, int status, const std::string& reason) {
    Socket client = connect();
    client.send_all(get_request(path));
    const auto answer = read_response(client);
    EXPECT_EQ(answer.status(), status);
    const auto record = record_of_request(path);
    EXPECT_EQ(record.text("reason"), reason) << record;
    EXPECT_EQ(record.text("end"), "rejected") << record;
    EXPECT_EQ(of_request(record, "status"), std::to_string(status)) << record;
    EXPECT_EQ(of_request(record, "id"), answer.field("X-Request-Id")) << record;
    client.send_all(get_request(path + "-again"));
    EXPECT_EQ(read_response(client).status(), status) << "the client's connection goes on";
  }
  // A connection that says this first; how the log calls its end.
  Record refused(const std::string& first, const SocketOptions& options = {}) {
    Socket client = connect(options);
    client.send_all(first);
    EXPECT_EQ(client.ending().bytes, "");
    return record_of(client.local());
  }
};

TEST_P(HttpFailures, NoEndpointThatTakesConnectionsIs503) {
  web.endpoints = R"("10.77.0.2:9001", "10.77.0.2:9002")";
  start_web();
  expect_told("/down", 503, "backend_unavailable");
  Socket client = connect();
  client.send_all(request("HEAD", "/") + get_request("/next"));
  EXPECT_EQ(read_response(client, true).status(), 503);
  EXPECT_EQ(read_response(client).status(), 503) << "an answer to HEAD has no body";
}

TEST_P(HttpFailures, NoEndpointThatAnswersConnectionsIs504) {
  web.endpoints = R"("10.77.0.99:9000")";
  web.timeouts = "connect: 300ms";
  start_web();
  Socket client = connect();
  client.send_all(get_request("/silent"));
  EXPECT_EQ(read_response(client).status(), 504);
  EXPECT_EQ(record_of_request("/silent").text("reason"), "backend_timeout");
}

TEST_P(HttpFailures, AnEndpointThatIsDownCostsNoRequest) {
  web.endpoints = R"("10.77.0.2:9001", "10.77.0.2:9000")";
  start_with_app();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(ask(request("POST", "/", "", "body")).status(), 200);
}

TEST_P(HttpFailures, NoResponseInTimeIs504) {
  web.timeouts = "response: 300ms";
  backend.emplace(net->backend, kApp);
  start_web();
  expect_told("/late", 504, "backend_timeout");
}

TEST_P(HttpFailures, ARuleHasATimeOfItsOwn) {
  web.rules = "{ backend: app }, { path: /slow, backend: app, timeout: 20s }";
  web.timeouts = "response: 300ms";
  std::atomic<bool> go_on = false;
  start_with_app([&](const HttpMessage& request) {
    eventually([&] { return go_on.load(); }, kDeadline);
    return HttpBackend::ok(request);
  });
  Socket patient = connect();
  patient.send_all(get_request("/slow"));
  EXPECT_EQ(ask(get_request("/late")).status(), 504);
  go_on = true;
  EXPECT_EQ(read_response(patient).body, "GET /slow");
}

TEST_P(HttpFailures, AResponseThatStopsInTheMiddleIsCutInTime) {
  web.timeouts = "response: 300ms";
  backend.emplace(net->backend, kApp);
  start_web();
  Socket client = connect();
  client.send_all(get_request("/stops"));
  Socket server = backend->accept();
  read_head(reading(server));
  server.send_all("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(client.ending().end, End::reset);
  EXPECT_EQ(record_of_request("/stops").text("end"), "backend_reset");
}

TEST_P(HttpFailures, AResponseThatIsNoHttpIs502) {
  std::string answer;
  std::mutex mutex;
  start_with_app([&](const HttpMessage&) {
    const std::lock_guard lock(mutex);
    return answer + "Connection: close\r\n\r\n";
  });
  int number = 0;
  for (const std::string bytes :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 two hundred\r\n", "HTTP/2 200 OK\r\n", "200 OK\r\n", "\r\n",
        "HTTP/1.1 200 OK\r\nno field\r\n", "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n"}) {
    {
      const std::lock_guard lock(mutex);
      answer = bytes;
    }
    const auto path = "/bad-" + std::to_string(++number);
    EXPECT_EQ(ask(get_request(path)).status(), 502) << bytes;
    EXPECT_EQ(record_of_request(path).text("reason"), "backend_unavailable") << bytes;
  }
}

// What the client did not ask for would make its next requests bytes that nobody looks at.
TEST_P(HttpFailures, AProtocolThatNobodyAskedForIs502) {
  start_with_app([](const HttpMessage&) {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
  });
  expect_told("/unasked", 502, "backend_unavailable");
}

TEST_P(HttpFailures, AResponseOfManyFieldsPassesAndOneThatIsTooLongIs502) {
  start_with_app([](const HttpMessage& request) {
    const auto size = static_cast<std::size_t>(std::stoul(request.target().substr(1)));
    return response("", "X-Long: " + std::string(size, 'x') + "\r\n");
  });
  EXPECT_EQ(ask(get_request("/60000")).field("X-Long").size(), 60'000U);
  for (const auto* path : {"/70000", "/600000"}) {
    EXPECT_EQ(ask(get_request(path)).status(), 502) << path;
    EXPECT_EQ(record_of_request(path).text("reason"), "backend_unavailable");
  }
  EXPECT_THAT(gateway->process().errors(), Not(HasSubstr("unexpected")));
}

TEST_P(HttpFailures, AHeaderOfAStrangerIsRefused) {
  web.listener = "accept_proxy: mixed | trusted_cidrs: [203.0.113.42/32]";
  start_with_app();
  for (const auto& header : {proxy_v2(kClaimed, kDialled), proxy_v1(kClaimed, kDialled)}) {
    const auto record = refused(header + kGet, {.from = kStranger});
    EXPECT_EQ(record.text("reason"), "untrusted_header") << record;
    EXPECT_EQ(record.text("client_addr"), record.text("peer_addr")) << record;
  }
  EXPECT_TRUE(app->untouched());
  EXPECT_EQ(passed(kGet, {.from = kStranger}).field("X-Forwarded-For"), "203.0.113.66");
  EXPECT_EQ(passed(proxy_v2(kClaimed, kDialled) + kGet).field("X-Forwarded-For"), "198.51.100.7");
}

// They begin as the text of a header does.
TEST_P(HttpFailures, AMethodThatBeginsLikeAHeaderIsNoHeader) {
  web.listener = "accept_proxy: mixed | trusted_cidrs: [203.0.113.42/32]";
  start_with_app();
  for (const std::string method : {"POST", "PUT", "PROPFIND", "PROX"}) {
    Socket client = connect({.from = kStranger});
    client.send_bytewise(request(method, "/"));
    EXPECT_EQ(read_response(client).body, method + " /");
  }
}

TEST_P(HttpFailures, AHeaderWhereNoneIsTakenIsNoRequest) {
  start_with_app();
  for (const auto& header : {proxy_v2(kClaimed, kDialled), proxy_v1(kClaimed, kDialled)}) {
    EXPECT_EQ(ask(header + kGet).status(), 400);
  }
  EXPECT_TRUE(app->untouched());
}

TEST_P(HttpFailures, AProbeWithoutAHeaderIsNamedForWhatItIs) {
  web.listener = "accept_proxy: strict | trusted_cidrs: [203.0.113.42/32]";
  start_with_app();
  const auto record = refused("GET /healthz HTTP/1.1\r\nHost: a\r\nUser-Agent: kube-probe/1.30\r\n\r\n");
  EXPECT_EQ(record.text("reason"), "header_missing") << record;
  EXPECT_EQ(record.text("looks_like"), "http") << record;
}

INSTANTIATE_TEST_SUITE_P(Path, HttpFailures, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
