// Real senders before the gateway: HAProxy and curl write the header, the gateway judges it.
#include <gmock/gmock.h>

#include "e2e/receivers.h"
#include "harness/certificates.h"
#include "harness/receivers/haproxy.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

const std::string kWeb = R"(
  server {
    listen 10.77.0.2:8080 proxy_protocol;
    return 200 "$proxy_protocol_addr";
  }
)";

// HAProxy lives at 203.0.113.42, which the gateway trusts; clients behind it come from .66.
constexpr const char* kClientOfHaproxy = "203.0.113.66";

class Senders : public Receivers {
 protected:
  void SetUp() override {
    Receivers::SetUp();
    config.endpoints = {"10.77.0.2:8080"};
    if (!IsSkipped()) nginx_ = std::make_unique<Nginx>(net->backend, NginxConfig{.http = kWeb});
  }

  // HAProxy on port 8000 in the client's namespace, with these options on its `bind` and its `server`.
  void start_haproxy(const std::string& server, const std::string& bind = "", const std::string& more = "") {
    haproxy_ =
        std::make_unique<Haproxy>(net->client, "listen site\n  mode tcp\n" + more + "  bind 203.0.113.42:8000 " + bind +
                                                   "\n  server gateway 203.0.113.1:7000 " + server + "\n");
  }

  // The record of the first connection the gateway had that satisfies the predicate.
  Record record_where(const std::function<bool(const Record&)>& predicate) {
    return gateway->log().wait_for_record(predicate);
  }

  void expect_client_known(const std::string& source) {
    const auto response = get({.url = "http://203.0.113.42:8000/", .from = kClientOfHaproxy});
    EXPECT_EQ(response.body, kClientOfHaproxy);
    const auto record =
        record_where([&](const Record& each) { return each.text("client_addr") == to_string(response.client); });
    EXPECT_EQ(record.text("client_source"), source) << record;
    EXPECT_TRUE(record.boolean("trusted")) << record;
  }

 private:
  std::unique_ptr<Nginx> nginx_;
  std::unique_ptr<Haproxy> haproxy_;
};

TEST_P(Senders, HaproxysVersionTwoIsBelieved) {
  start_gateway();
  start_haproxy("send-proxy-v2");
  expect_client_known("proxy-v2");
}

TEST_P(Senders, HaproxysVersionOneIsBelieved) {
  start_gateway();
  start_haproxy("send-proxy");
  expect_client_known("proxy-v1");
}

TEST_P(Senders, HaproxysTlvsAreReadAndItsChecksumHolds) {
  const Certificates certificates;
  start_gateway();
  start_haproxy("send-proxy-v2-ssl-cn proxy-v2-options crc32c,unique-id,authority",
                "ssl crt " + certificates.certificate_and_key().string(), "  unique-id-format request-1234\n");
  const auto response = get({.url = "https://git.example.com:8000/",
                             .resolve = "git.example.com:8000:203.0.113.42",
                             .authority = certificates.authority(),
                             .from = kClientOfHaproxy});
  EXPECT_EQ(response.body, kClientOfHaproxy);
  const auto record = record_where([](const Record& each) { return !each.text("unique_id").empty(); });
  EXPECT_EQ(record.text("unique_id"), "request-1234") << record;
  std::vector<std::int64_t> types;
  for (const auto& type : record.fields().at("tlv_types").as_array()) types.push_back(type.as_int64());
  EXPECT_THAT(types, ::testing::IsSupersetOf({0x02, 0x03, 0x05, 0x20})) << record;
}

// HAProxy's health check is a LOCAL header and a close: a connection of the peer's own.
TEST_P(Senders, HaproxysHealthChecksPass) {
  start_gateway();
  start_haproxy("send-proxy-v2 check inter 100ms fall 1");
  const auto check = record_where([](const Record& each) { return each.text("client_source") == "local"; });
  EXPECT_EQ(check.text("client_addr"), check.text("peer_addr")) << check;
  get({.url = "http://203.0.113.42:8000/", .from = kClientOfHaproxy});
}

TEST_P(Senders, HaproxyBeforeAListenerThatDoesNotTrustItIsRefused) {
  config.trusted_cidrs = {"192.0.2.0/24"};
  start_gateway();
  start_haproxy("send-proxy-v2");
  const auto response = curl(net->client, {.url = "http://203.0.113.42:8000/", .from = kClientOfHaproxy});
  EXPECT_NE(response.exit, 0) << response.body;
  EXPECT_EQ(record_where([](const Record&) { return true; }).text("reason"), "untrusted_source");
}

TEST_P(Senders, CurlsHeaderIsBelievedWhereItIsTrusted) {
  for (const char* mode : {"strict", "mixed"}) {
    config.accept_proxy = mode;
    start_gateway();
    const auto response = get({.url = "http://203.0.113.1:7000/", .proxy_header = true});
    EXPECT_EQ(response.body, "203.0.113.42");
    EXPECT_EQ(record_of(response.client).text("client_source"), "proxy-v1");
    gateway.reset();
  }
}

TEST_P(Senders, CurlWithoutHeaderIsServedByAMixedListenerAsItself) {
  config.accept_proxy = "mixed";
  start_gateway();
  const auto response = get({.url = "http://203.0.113.1:7000/", .from = kClientOfHaproxy});
  EXPECT_EQ(response.body, kClientOfHaproxy);
  EXPECT_EQ(record_of(response.client).text("client_source"), "peer");
}

TEST_P(Senders, CurlsHeaderIsRefusedFromAStranger) {
  for (const char* mode : {"strict", "mixed", "optional"}) {
    config.accept_proxy = mode;
    start_gateway();
    const auto response =
        curl(net->client, {.url = "http://203.0.113.1:7000/", .from = kClientOfHaproxy, .proxy_header = true});
    EXPECT_NE(response.exit, 0) << mode << " answered " << response.body;
    // A reset that comes at once leaves curl without an address of its own to tell.
    EXPECT_EQ(record_where([](const Record&) { return true; }).text("end"), "rejected") << mode;
    gateway.reset();
  }
}

INSTANTIATE_TEST_SUITE_P(Path, Senders, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
