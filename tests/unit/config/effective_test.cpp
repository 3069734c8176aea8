// The configuration that is at work: every setting of it is told, and what is told loads to the same.
#include "config/effective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "config/load.h"
#include "places.h"
#include "reference.h"

namespace realpeer::config {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

Config loaded(const std::string& text) {
  auto loaded = load_text(text, "realpeer.yaml");
  for (const auto& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity == Severity::error) ADD_FAILURE() << diagnostic.to_string() << "\n" << text;
  }
  return std::move(loaded.config);
}

json::object effective_of(const std::string& text) { return effective(loaded(text)); }

// One listener, one backend, and what else is asked for of them or beside them.
std::string minimal(const std::string& of_listener = "", const std::string& of_backend = "",
                    const std::string& beside = "") {
  return "node: n\n"
         "listeners: [{ name: a, bind: '127.0.0.1:80', route: { backend: b }" +
         of_listener +
         " }]\n"
         "backends: { b: { endpoints: ['10.0.0.7:80']" +
         of_backend + " } }\n" + beside;
}

std::string with_route(const std::string& route, const std::string& more = "") {
  return "node: n\nlisteners: [{ name: a, bind: '127.0.0.1:80', route: " + route + more +
         " }]\nbackends: { b: { endpoints: ['10.0.0.7:80'] }, c: { endpoints: ['10.0.0.7:81'] } }\n";
}

TEST(Effective, OfTheLeastConfigurationIsItsDefaults) {
  EXPECT_EQ(effective_of(minimal()), json::parse(R"({
    "node": "n", "datapath": "auto", "splice_credit": 1048576,
    "listeners": [{"name": "a", "bind": "127.0.0.1:80", "accept_proxy": "off", "trusted_cidrs": [],
                   "untrusted": "refuse", "header_timeout": "5s", "max_header": 4096, "route": {"backend": "b"}}],
    "backends": {"b": {"endpoints": [{"address": "10.0.0.7:80", "weight": 1}], "identity": "proxy-v2",
                       "balance": "round_robin", "send_tlvs": [], "pass_through_tlvs": "none",
                       "ejection": {"failures": 3, "duration": "10s"}}},
    "limits": {"connections": 100000, "handshakes": 1000, "denied_clients": []},
    "timeouts": {"connect": "5s", "idle": "1h", "half_closed": "5m", "drain": "30s", "request": "30s", "body": "30s",
                 "response": "1m", "keep_alive": "75s"},
    "log": {"level": "info", "format": "text", "access": "stdout"}})"));
}

void expect_to_load_again(const std::string& text) {
  const auto told = effective_of(text);
  EXPECT_EQ(json::serialize(effective_of(json::serialize(told))), json::serialize(told)) << text;
}

TEST(Effective, LoadsToTheSameAgain) {
  expect_to_load_again(minimal());
  expect_to_load_again(complete_example());
}

TEST(Effective, OfTheCompleteExampleLoadsWithoutAWord) {
  const auto again = load_text(json::serialize(effective_of(complete_example())), "again");
  for (const auto& diagnostic : again.diagnostics) ADD_FAILURE() << diagnostic.to_string();
}

TEST(Effective, TellsOfEverySetting) {
  const std::string settings[] = {
      minimal(", accept_proxy: strict, trusted_cidrs: [10.0.0.1, 'fd00::/8']"),
      minimal(", accept_proxy: mixed, trusted_cidrs: [10.0.0.1]"),
      minimal(", accept_proxy: optional, trusted_cidrs: [10.0.0.1]"),
      minimal(", accept_proxy: strict, trusted_cidrs: [10.0.0.1], untrusted: drop", "",
              "admission: { interfaces: [eth0, wt0], mode: tc, denied_cidrs: [192.0.2.0/24] }"),
      minimal(", header_timeout: 250ms"),
      minimal(", max_header: 65551"),
      minimal(", max_connections: 7"),
      minimal("", ", identity: proxy-v1"),
      minimal("", ", identity: peername", "peername: { cgroup: /sys/fs/cgroup }"),
      minimal("", ", identity: transparent"),
      minimal("", ", identity: none"),
      minimal("", ", profile: gitea"),
      minimal("", ", profile: haproxy, health: {}"),
      minimal("", ", health: { interval: 1s, rise: 9, fall: 8, send_proxy: local }"),
      minimal("", ", health: { path: /healthz, host: 'a:80', timeout: 1500ms }"),
      minimal("", ", balance: client_hash"),
      minimal("", ", balance: least_connections"),
      minimal("", ", ejection: { failures: 0, duration: 90s }"),
      minimal("", ", max_connections: 9"),
      minimal("", ", send_tlvs: [authority, alpn, unique_id, crc32c]"),
      minimal("", ", pass_through_tlvs: all"),
      minimal("", ", pass_through_tlvs: [ssl, 0xEA, 5]"),
      minimal("", "", "datapath: relay"),
      minimal("", "", "splice_credit: 64KiB"),
      minimal("", "", "admission: { interfaces: [eth0] }"),
      minimal("", "", "limits: { connections: 7, handshakes: 8, denied_clients: [198.51.100.0/24] }"),
      minimal("", "", "limits: { per_client: { rate: 50/m, burst: 3, concurrent: 5 } }"),
      minimal("", "", "admission: { interfaces: [wt0] }\nlimits: { per_client: { rate: 1/s, ban: 10m } }"),
      minimal("", "", "limits: { per_client: { concurrent: 5 } }"),
      minimal("", "", "admission: { interfaces: [eth0] }\nlimits: { per_source_syn: { rate: 1000/h } }"),
      minimal("", "", "timeouts: { connect: 1ms, idle: 720h, half_closed: 1h, drain: 0s }"),
      minimal("", "", "timeouts: { request: 1s, body: 2s, response: 3s, keep_alive: 0s }"),
      minimal("", "", "log: { level: error, format: json, access: /var/log/a.log }"),
      minimal("", "", "admin: { bind: '[::1]:9901' }"),
      minimal("", "", "admin: { bind: 'unix:/run/a.sock', token_file: t }"),
      with_route("{ sni: { a.example: b, '*.example': reject } }"),
      with_route("{ sni: { a.example: { alpn: { h2: b, http/1.1: reject }, default: c } }, default: b }"),
      with_route("{ http: [{ path: /a, backend: b }, { host: '*.example', backend: c, timeout: 5m }] }"),
      with_route("{ http: [{ redirect: https }], default: b }"),
      with_route("{ http: [{ backend: b }] }", ", trusted_forwarders: [10.0.0.1]"),
      with_route("{ http: [{ backend: b }] }", ", tls: { certificate: a.pem, key: a.key, min_version: 1.3 }"),
  };
  std::set<std::string> told;
  told.insert(json::serialize(effective_of(minimal())));
  for (const auto& text : settings) {
    expect_to_load_again(text);
    EXPECT_TRUE(told.insert(json::serialize(effective_of(text))).second) << "nothing new of " << text;
  }
}

TEST(Effective, HasEveryKeyOfTheCompleteExample) {
  const std::string told = json::serialize(effective_of(complete_example()));
  for (const auto& key : Places(complete_example()).known()) {
    if (key == "include") continue;  // what is included is told in its place
    EXPECT_THAT(told, HasSubstr("\"" + key.substr(key.rfind('.') + 1) + "\":"));
  }
}

TEST(Effective, TellsOfRequestsOnlyWhereThereAreAny) {
  EXPECT_THAT(json::serialize(effective_of(minimal("", ", keep_alive: 9s"))["backends"]), Not(HasSubstr("keep_alive")));
  const auto told = effective_of(with_route("{ http: [{ backend: b }] }"));
  const auto& backends = told.at("backends").as_object();
  EXPECT_EQ(backends.at("b").at("keep_alive"), "4s");
  EXPECT_EQ(backends.at("b").at("forwarded"), "off");
  EXPECT_FALSE(backends.at("c").as_object().contains("keep_alive"));
}

// A rule without one has the timeout of all.
TEST(Effective, FillsInTheTimeoutsOfRules) {
  const auto told = effective_of(with_route("{ http: [{ backend: b }] }") + "timeouts: { response: 7s }\n");
  EXPECT_EQ(told.at("listeners").at(0).at("route").at("http").at(0).at("timeout"), "7s");
}

TEST(Effective, MasksWhatCouldBeASecret) {
  const auto text = minimal("", ", health: { path: '/healthz?key=s3cret' }");
  const auto told = json::serialize(effective_of(text));
  EXPECT_THAT(told, Not(HasSubstr("s3cret")));
  EXPECT_THAT(told, HasSubstr("\"path\":\"/healthz?***\""));
  expect_to_load_again(text);
}

}  // namespace
}  // namespace realpeer::config
