// Every key of a backend, in every form, as values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using written::with_backend;

// The backend of `lines`, indented by four; there may be warnings.
Backend backend_of(const std::string& lines) {
  const Loaded result = load_text(with_backend(lines), "t.yaml");
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity == Severity::error) ADD_FAILURE() << diagnostic.to_string();
  }
  return result.config.backends.at(0);
}

Backend backend_with(const std::string& lines) { return backend_of("    endpoints: ['10.0.0.7:80']\n" + lines); }

Health health_with(const std::string& lines) { return backend_with(lines).health.value(); }

TEST(BackendDefaults, AreThoseOfTheReference) {
  const Backend backend = backend_with("");
  EXPECT_EQ(backend.identity, Identity::proxy_v2);
  EXPECT_EQ(backend.profile, Profile::none);
  EXPECT_EQ(backend.balance, Balance::round_robin);
  EXPECT_FALSE(backend.tlvs.any());
  EXPECT_FALSE(backend.health);
  EXPECT_EQ(backend.ejection.failures, 3U);
  EXPECT_EQ(backend.ejection.duration, 10s);
  EXPECT_EQ(backend.endpoints.at(0).weight, 1U);
  EXPECT_EQ(backend.endpoints.at(0).max_connections, 0U);
}

TEST(LoadBackend, ReadsEndpointsAsMaps) {
  const auto endpoints = backend_of(
                             "    endpoints:\n"
                             "    - address: 10.0.0.7:80\n"
                             "      weight: 100\n"
                             "      max_connections: 5\n"
                             "    - { address: '[2001:db8::1]:81' }")
                             .endpoints;
  ASSERT_EQ(endpoints.size(), 2U);
  EXPECT_EQ(endpoints[0].to_string(), "10.0.0.7:80");
  EXPECT_EQ(endpoints[0].weight, 100U);
  EXPECT_EQ(endpoints[0].max_connections, 5U);
  EXPECT_EQ(endpoints[0].place.line, 5);
  EXPECT_EQ(endpoints[1].to_string(), "[2001:db8::1]:81");
  EXPECT_EQ(endpoints[1].weight, 1U);
  EXPECT_EQ(endpoints[1].place.line, 8);
}

TEST(LoadBackend, GivesItsCeilingToEndpointsWithoutOne) {
  const auto endpoints = backend_of(
                             "    max_connections: 10000000\n"
                             "    endpoints: [10.0.0.7:80, { address: '10.0.0.8:80' }, { address: '10.0.0.9:80', "
                             "max_connections: 1 }]")
                             .endpoints;
  ASSERT_EQ(endpoints.size(), 3U);
  EXPECT_EQ(endpoints[0].max_connections, 10'000'000U);
  EXPECT_EQ(endpoints[1].max_connections, 10'000'000U);
  EXPECT_EQ(endpoints[2].max_connections, 1U);
}

TEST(LoadBackend, TellsEndpointsApartByPortLinkAndRoot) {
  EXPECT_EQ(backend_of("    endpoints: ['10.0.0.7:80', '10.0.0.7:81', '[fe80::1%lo]:80', '[fe80::1]:80', 'web:80', "
                       "'web.:80', 'localhost:80', '127.0.0.1:80']")
                .endpoints.size(),
            8U);
}

TEST(LoadBackend, ReadsEachProfile) {
  EXPECT_EQ(backend_with("    profile: gitea").profile, Profile::gitea);
  EXPECT_EQ(backend_with("    profile: nginx").profile, Profile::nginx);
  EXPECT_EQ(backend_with("    profile: haproxy").profile, Profile::haproxy);
  EXPECT_EQ(backend_with("    profile: envoy").profile, Profile::envoy);
}

TEST(LoadBackend, ReadsEachBalance) {
  EXPECT_EQ(backend_with("    balance: round_robin").balance, Balance::round_robin);
  EXPECT_EQ(backend_with("    balance: least_connections").balance, Balance::least_connections);
  EXPECT_EQ(backend_with("    balance: client_hash").balance, Balance::client_hash);
}

TEST(LoadHealth, OfNothingHasTheDefaultsOfTheReference) {
  const Health health = health_with("    health: {}");
  EXPECT_EQ(health.interval, 5s);
  EXPECT_EQ(health.timeout, 2s);
  EXPECT_EQ(health.rise, 2U);
  EXPECT_EQ(health.fall, 3U);
  EXPECT_FALSE(health.send_local);
}

TEST(LoadHealth, ReadsEveryKey) {
  const Health health = health_with("    health: { interval: 1h, timeout: 5m, rise: 100, fall: 1, send_proxy: local }");
  EXPECT_EQ(health.interval, 1h);
  EXPECT_EQ(health.timeout, 5min);
  EXPECT_EQ(health.rise, 100U);
  EXPECT_EQ(health.fall, 1U);
  EXPECT_TRUE(health.send_local);
}

TEST(LoadHealth, TakesNoLongerThanAShortIntervalByDefault) {
  EXPECT_EQ(health_with("    health: { interval: 100ms }").timeout, 100ms);
}

TEST(LoadHealth, SendsAHeaderByDefaultToReceiversKnownToTakeIt) {
  for (const std::string profile : {"nginx", "haproxy", "envoy"}) {
    EXPECT_TRUE(health_with("    health: {}\n    profile: " + profile).send_local) << profile;
  }
}

TEST(LoadHealth, SendsNoHeaderByDefaultToOthers) {
  EXPECT_FALSE(health_with("    health: {}\n    profile: gitea").send_local);
  EXPECT_FALSE(health_with("    health: {}\n    profile: nginx\n    identity: none").send_local);
}

TEST(LoadHealth, SendsNoHeaderIfToldSo) {
  EXPECT_FALSE(health_with("    health: { send_proxy: off }\n    profile: nginx").send_local);
}

TEST(LoadEjection, ReadsEveryKey) {
  const Ejection ejection = backend_with("    ejection: { failures: 0, duration: 1h }").ejection;
  EXPECT_EQ(ejection.failures, 0U);
  EXPECT_EQ(ejection.duration, 1h);
}

TEST(LoadTlvs, ReadsEachToSend) {
  EXPECT_TRUE(backend_with("    send_tlvs: [authority]").tlvs.authority);
  EXPECT_TRUE(backend_with("    send_tlvs: [alpn]").tlvs.alpn);
  EXPECT_TRUE(backend_with("    send_tlvs: [unique_id]").tlvs.unique_id);
  EXPECT_TRUE(backend_with("    send_tlvs: [crc32c]").tlvs.crc32c);
}

TEST(LoadTlvs, OfAnEmptyListAreNone) {
  EXPECT_FALSE(backend_with("    identity: proxy-v1\n    send_tlvs: []\n    pass_through_tlvs: []").tlvs.any());
}

TEST(LoadTlvs, PassAllOrNone) {
  EXPECT_TRUE(backend_with("    pass_through_tlvs: all").tlvs.pass_all);
  EXPECT_FALSE(backend_with("    pass_through_tlvs: none").tlvs.any());
}

TEST(LoadTlvs, PassTypesByNameOrNumber) {
  const Tlvs tlvs = backend_with("    pass_through_tlvs: [ssl, 0xEA, 0xeb, 236, netns, 0]").tlvs;
  EXPECT_FALSE(tlvs.pass_all);
  EXPECT_THAT(tlvs.pass_types, ElementsAre(0x20, 0xEA, 0xEB, 0xEC, 0x30, 0x00));
}

TEST(LoadBackend, RemembersWhereThingsStand) {
  const BackendPlaces places = backend_with(
                                   "    identity: proxy-v2\n"
                                   "    health:\n"
                                   "      timeout: 1s\n"
                                   "    send_tlvs:\n"
                                   "    - crc32c\n"
                                   "    pass_through_tlvs: none")
                                   .places;
  EXPECT_EQ(places.identity.line, 5);
  EXPECT_EQ(places.health.line, 6);
  EXPECT_EQ(places.health_timeout.line, 7);
  EXPECT_EQ(places.send_tlvs.line, 8);
  EXPECT_EQ(places.pass_through_tlvs.line, 10);
}

}  // namespace
}  // namespace realpeer::config
