// Where requests go by host and path, and what the gateway answers itself.
#include "e2e/http.h"

namespace realpeer::testing {
namespace {

// Each backend answers with its name.
class HttpRoutes : public Http {
 protected:
  void start_with_backends(const std::vector<std::string>& names) {
    std::uint16_t port = 9000;
    for (const auto& name : names) {
      const Endpoint at(boost::asio::ip::make_address("10.77.0.2"), ++port);
      servers.push_back(
          std::make_unique<HttpBackend>(net->backend, at, [name](const HttpMessage&) { return response(name); }));
      web.backends +=
          (web.backends.empty() ? "" : " | ") + name + ": { endpoints: [\"" + to_string(at) + "\"], identity: xff }";
    }
    start_web();
  }
  // The name of the backend that answers, or the status of another answer.
  std::string led(const std::string& host, const std::string& target) {
    const auto answer = ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return answer.status() == 200 ? answer.body : std::to_string(answer.status());
  }

  std::vector<std::unique_ptr<HttpBackend>> servers;
};

TEST_P(HttpRoutes, AreChosenByHostThenByPath) {
  web.rules =
      "{ host: git.example.com, backend: git }, { host: git.example.com, path: /api, backend: git-api },"
      "{ host: '*.example.com', backend: any }, { host: '*.b.example.com', backend: deeper },"
      "{ path: /api, backend: api }";
  start_with_backends({"git", "git-api", "any", "deeper", "api"});
  struct Case {
    std::string host, target, to;
  };
  for (const auto& [host, target, to] : std::vector<Case>{{"git.example.com", "/", "git"},
                                                          {"GIT.example.com:8000", "/x?y", "git"},
                                                          {"git.example.com.", "/", "git"},
                                                          {"git.example.com", "/api", "git-api"},
                                                          {"git.example.com", "/api?x", "git-api"},
                                                          {"git.example.com", "/api/v1", "git-api"},
                                                          {"git.example.com", "/apis", "git"},
                                                          {"git.example.com", "/API", "git"},
                                                          {"www.example.com", "/api", "any"},
                                                          {"a.b.example.com", "/", "deeper"},
                                                          {"b.example.com", "/", "any"},
                                                          {"example.com", "/", "404"},
                                                          {"example.com", "/api/", "api"},
                                                          {"203.0.113.1", "/api", "api"},
                                                          {"[2001:db8::1]:80", "/api", "api"},
                                                          {"evilexample.com", "/", "404"}}) {
    EXPECT_EQ(led(host, target), to) << host << target;
  }
  EXPECT_EQ(ask("GET http://git.example.com/api HTTP/1.1\r\nHost: git.example.com\r\n\r\n").body, "git-api");
}

TEST_P(HttpRoutes, WithoutARuleAreRefusedByName) {
  web.rules = "{ host: git.example.com, backend: app }";
  start_web();
  const auto answer = ask("GET /nowhere HTTP/1.1\r\nHost: other.example.com\r\n\r\n");
  EXPECT_EQ(answer.status(), 404);
  const auto record = record_of_request("/nowhere");
  EXPECT_EQ(record.text("reason"), "no_route") << record;
  EXPECT_EQ(of_request(record, "host"), "other.example.com") << record;
  EXPECT_EQ(of_request(record, "status"), "404") << record;
  EXPECT_EQ(of_request(record, "id"), answer.field("X-Request-Id")) << record;
  EXPECT_THAT(answer.body, HasSubstr(answer.field("X-Request-Id")));
}

TEST_P(HttpRoutes, WithoutARuleGoToTheDefaultWhereThereIsOne) {
  web.rules = "{ host: git.example.com, backend: git }";
  web.otherwise = "other";
  start_with_backends({"git", "other"});
  EXPECT_EQ(led("git.example.com", "/"), "git");
  EXPECT_EQ(led("www.example.com", "/"), "other");
}

TEST_P(HttpRoutes, OfOneConnectionAreChosenRequestByRequest) {
  web.rules = "{ path: /a, backend: a }, { path: /b, backend: b }";
  start_with_backends({"a", "b"});
  Socket client = connect();
  for (const std::string to : {"a", "b", "a", "none", "b"}) {
    client.send_all(get_request("/" + to));
    const auto answer = read_response(client);
    EXPECT_EQ(answer.status() == 200 ? answer.body : "none", to);
  }
}

TEST_P(HttpRoutes, ToHttpsTellTheClientWhere) {
  web.rules = "{ redirect: https }, { path: /.well-known, backend: app }";
  start_with_app();
  struct Case {
    std::string method, host, target, location;
    int status;
  };
  for (const auto& [method, host, target, location, status] :
       std::vector<Case>{{"GET", "git.example.com", "/a?b=c", "https://git.example.com/a?b=c", 301},
                         {"HEAD", "git.example.com:8000", "/", "https://git.example.com/", 301},
                         {"POST", "git.example.com", "/", "https://git.example.com/", 308},
                         {"OPTIONS", "git.example.com", "*", "https://git.example.com/", 308},
                         {"GET", "[fd00:c::1]:80", "/", "https://[fd00:c::1]/", 301}}) {
    const auto answer = ask(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    EXPECT_EQ(answer.status(), status) << method << target;
    EXPECT_EQ(answer.field("Location"), location);
  }
  EXPECT_TRUE(app->untouched());
  EXPECT_EQ(ask(get_request("/.well-known/x")).body, "GET /.well-known/x");
  const auto followed = curl(net->client, {.url = "http://203.0.113.1:8000/x", .options = {"--head"}});
  EXPECT_EQ(followed.status, 301);
  EXPECT_THAT(followed.body, HasSubstr("Location: https://203.0.113.1/x\r\n"));
}

// A receiver of HTTP/1.1 refuses requests without a Host, which HTTP/1.0 knew nothing of.
TEST_P(HttpRoutes, OfOldClientsThatNameNoHostReachABackendThatWantsOne) {
  start_with_app();
  for (const auto& [sent, host] : {std::pair{"GET / HTTP/1.0\r\n\r\n", "10.77.0.2:9000"},
                                   std::pair{"GET http://git.example.com/ HTTP/1.0\r\n\r\n", "git.example.com"}}) {
    EXPECT_EQ(passed(sent).field("Host"), host);
  }
}

INSTANTIATE_TEST_SUITE_P(Path, HttpRoutes, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
