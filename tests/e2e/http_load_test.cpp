// wrk, a client that asks as fast as it can: every answer is a good one.
#include <signal.h>

#include <regex>

#include "e2e/https.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class HttpLoad : public Https {
 protected:
  static ::testing::AssertionResult is_faultless(const std::string& said) {
    std::smatch requests;
    if (!std::regex_search(said, requests, std::regex(R"((\d+) requests in )")) || std::stoul(requests[1]) < 100 ||
        said.find("Non-2xx") != std::string::npos || said.find("Socket errors") != std::string::npos) {
      return ::testing::AssertionFailure() << said;
    }
    return ::testing::AssertionSuccess();
  }
  std::vector<std::string> wrk(const std::string& url, const std::vector<std::string>& options = {}) {
    std::vector<std::string> words = {"/usr/bin/wrk", "--threads", "2",  "--connections", "32", "--duration",
                                      "2s",           "--timeout", "20s"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(url);
    return words;
  }
  std::string load(const std::vector<std::string>& words) { return run(words, {.netns = &net->client}).output; }
};

const std::string kNginx = R"(
  server {
    listen 10.77.0.2:9000;
    keepalive_requests 1000000;
    location / { return 200 "$http_x_forwarded_for"; }
  })";

TEST_P(HttpLoad, EveryRequestIsAnswered) {
  const Nginx nginx(net->backend, {.http = kNginx});
  start_web();
  EXPECT_TRUE(is_faultless(load(wrk("http://203.0.113.1:8000/"))));
  for (const auto& record : nginx.http_log().records()) ASSERT_EQ(record.text("x_forwarded_for"), "203.0.113.42");
}

TEST_P(HttpLoad, EveryRequestIsAnsweredThoughEachHasAConnectionOfItsOwn) {
  const Nginx nginx(net->backend, {.http = kNginx});
  start_web();
  EXPECT_TRUE(is_faultless(load(wrk("http://203.0.113.1:8000/", {"--header", "Connection: close"}))));
}

// nginx ends each of its connections after a few requests, whenever that is.
TEST_P(HttpLoad, EveryRequestIsAnsweredThoughTheBackendClosesOften) {
  const Nginx nginx(net->backend,
                    {.http = "keepalive_requests 7;\nserver { listen 10.77.0.2:9000; location / { return 200 ok; } }"});
  start_web();
  EXPECT_TRUE(is_faultless(load(wrk("http://203.0.113.1:8000/"))));
}

TEST_P(HttpLoad, EveryRequestIsAnsweredWhileCertificatesAreExchanged) {
  const Nginx nginx(net->backend, {.http = kNginx});
  start_https();
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--header", "Connection: close"}}) {
    Process running(wrk("https://203.0.113.1:8000/", options), {.netns = &net->client});
    for (int round = 0; running.running(); ++round) {
      write_certificate("wildcard", {"*.example.com", "round-" + std::to_string(round) + ".example.org"});
      gateway->process().signal(SIGHUP);
      running.wait(Duration{100});
    }
    EXPECT_TRUE(is_faultless(running.output()));
  }
}

INSTANTIATE_TEST_SUITE_P(Path, HttpLoad, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
