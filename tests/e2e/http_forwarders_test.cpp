// Proxies whose X-Forwarded-For is believed: how far, and what limits make of the clients they name.
#include "e2e/http.h"

namespace realpeer::testing {
namespace {

// The topology's client is such a proxy, and 203.0.113.77 another one behind which it may stand.
class HttpForwarders : public Http {
 protected:
  void SetUp() override {
    Http::SetUp();
    web.listener = "accept_proxy: off | trusted_forwarders: [203.0.113.42/32, 203.0.113.77/32]";
  }
  static std::string named(const std::string& chain, const std::string& path = "/") {
    return get_request(path, "X-Forwarded-For: " + chain + "\r\n");
  }
};

TEST_P(HttpForwarders, AreBelievedFromTheEndOfTheirListAndNoFurtherThanTheyAreTrusted) {
  struct Case {
    std::string chain, client;
  };
  const std::vector<Case> cases = {{"198.51.100.7", "198.51.100.7"},
                                   {"192.0.2.1, 198.51.100.7", "198.51.100.7"},
                                   {"203.0.113.77, 198.51.100.7", "198.51.100.7"},
                                   {"192.0.2.1, 198.51.100.7, 203.0.113.77", "198.51.100.7"},
                                   {"198.51.100.7,203.0.113.77 , 203.0.113.77", "198.51.100.7"},
                                   {"198.51.100.7:4711", "198.51.100.7"},
                                   {"[2001:db8::7]:4711", "2001:db8::7"},
                                   {"2001:db8::7", "2001:db8::7"},
                                   {"::ffff:198.51.100.7", "198.51.100.7"},
                                   {"198.51.100.7, unknown", "203.0.113.42"},
                                   {"203.0.113.77", "203.0.113.77"},
                                   {"198.51.100.7, unknown, 203.0.113.77", "203.0.113.77"},
                                   {"198.51.100.7, 1.2.3.4.5", "203.0.113.42"}};
  start_with_app();
  int number = 0;
  for (const auto& [chain, client] : cases) {
    const auto path = "/" + std::to_string(++number);
    const auto seen = passed(named(chain, path));
    EXPECT_EQ(seen.field("X-Forwarded-For"), chain + ", 203.0.113.42");
    EXPECT_EQ(seen.field("X-Real-IP"), client) << chain;
    const auto record = record_of_request(path);
    EXPECT_EQ(record.text("client_source"), client == "203.0.113.42" ? "peer" : "xff") << record;
    EXPECT_EQ(endpoint(record.text("client_addr")).address().to_string(), client) << record;
  }
}

TEST_P(HttpForwarders, KeepWhatTheySayOfTheRequest) {
  web.app = "identity: xff, forwarded: on";
  start_with_app();
  const auto seen = passed(get_request("/",
                                       "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 203.0.113.77\r\n"
                                       "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example.com\r\n"
                                       "X-Request-Id: theirs\r\nForwarded: for=198.51.100.7\r\n"
                                       "X-Real-IP: 198.51.100.99\r\n"));
  EXPECT_EQ(seen.field("X-Forwarded-For"), "198.51.100.7, 203.0.113.77, 203.0.113.42");
  EXPECT_EQ(seen.field("X-Forwarded-Proto"), "https");
  EXPECT_EQ(seen.field("X-Forwarded-Host"), "shop.example.com");
  EXPECT_EQ(seen.field("X-Request-Id"), "theirs");
  EXPECT_EQ(seen.field("X-Real-IP"), "198.51.100.7");
  EXPECT_EQ(seen.field("Forwarded"), "for=198.51.100.7, for=203.0.113.42;host=\"git.example.com\";proto=http");
}

TEST_P(HttpForwarders, AreWhoIsListedAndNobodyElse) {
  start_with_app();
  const auto seen = passed(named("198.51.100.7", "/stranger"), {.from = kStranger});
  EXPECT_EQ(seen.field("X-Forwarded-For"), "203.0.113.66");
  EXPECT_EQ(record_of_request("/stranger").text("client_source"), "peer");
}

TEST_P(HttpForwarders, BehindAGatewayAreWhomItsHeaderNames) {
  web.listener += " | accept_proxy: strict | trusted_cidrs: [203.0.113.66/32]";
  web.listener.erase(0, std::string("accept_proxy: off | ").size());
  start_with_app();
  const SocketOptions gateway_of_theirs{.from = kStranger};
  const auto through = [&](const std::string& sender) { return proxy_v2(endpoint(sender), kDialled); };
  const auto known = passed(through("203.0.113.77:1000") + named("198.51.100.7", "/known"), gateway_of_theirs);
  EXPECT_EQ(known.field("X-Forwarded-For"), "198.51.100.7, 203.0.113.77");
  EXPECT_EQ(record_of_request("/known").text("client_source"), "xff");
  const auto other = passed(through("198.51.100.8:1000") + named("198.51.100.7", "/other"), gateway_of_theirs);
  EXPECT_EQ(other.field("X-Forwarded-For"), "198.51.100.8");
  EXPECT_EQ(record_of_request("/other").text("client_source"), "proxy-v2");
}

TEST_P(HttpForwarders, TheirClientsAreLimitedOneByOne) {
  web.limits = "per_client: { rate: 1/h, burst: 2 }";
  start_with_app();
  Socket proxy = connect();
  const auto asked = [&](const std::string& client, const std::string& path) {
    proxy.send_all(named(client, path));
    return read_response(proxy).status();
  };
  EXPECT_EQ(asked("198.51.100.7", "/1"), 200);
  EXPECT_EQ(asked("192.0.2.1, 198.51.100.7", "/2"), 200);
  EXPECT_EQ(asked("192.0.2.2, 198.51.100.7", "/3"), 429) << "what stands before it is its own word";
  EXPECT_EQ(asked("198.51.100.8", "/4"), 200) << "over the same connection";
  const auto record = record_of_request("/3");
  EXPECT_EQ(record.text("reason"), "rate_limited") << record;
  EXPECT_EQ(endpoint(record.text("client_addr")).address().to_string(), "198.51.100.7") << record;
  EXPECT_EQ(app->seen().size(), 3U);
}

TEST_P(HttpForwarders, TheirClientsMayBeDenied) {
  web.limits = "denied_clients: [198.51.100.0/24]";
  start_with_app();
  EXPECT_EQ(ask(named("198.51.100.7", "/denied")).status(), 403);
  EXPECT_EQ(record_of_request("/denied").text("reason"), "client_denied");
  EXPECT_EQ(ask(named("198.51.100.7, 192.0.2.1")).status(), 200);
  EXPECT_EQ(app->seen().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Path, HttpForwarders, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
