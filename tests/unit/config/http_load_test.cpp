// What ends TLS and routes requests, as values: every key, in every form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/process.h"
#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using written::with_http_listener;
using written::with_root;
using written::with_rules;

// The configuration of `text`, which must be without any diagnostic.
Config loaded(const std::string& text, const std::string& name = "t.yaml") {
  const Loaded result = load_text(text, name);
  for (const Diagnostic& diagnostic : result.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  return result.config;
}

Listener listener_with(const std::string& lines) { return loaded(with_http_listener(lines)).listeners.at(0); }

std::vector<policy::HttpRule> rules_of(const std::string& rules) {
  return loaded(with_rules(rules)).listeners.at(0).route.http;
}

// "CERTIFICATE KEY" of each.
std::vector<std::string> files_of(const Tls& tls) {
  std::vector<std::string> found;
  for (const CertificateFiles& files : tls.certificates) found.push_back(files.certificate + " " + files.key);
  return found;
}

// --- tls ---

TEST(LoadTls, IsOffByDefault) { EXPECT_FALSE(listener_with("").tls); }

TEST(LoadTls, OfOneCertificateHasTheDefaultsOfTheReference) {
  const Tls tls = listener_with("  tls: { certificate: /etc/a.pem, key: /etc/a.key }").tls.value();
  EXPECT_THAT(files_of(tls), ElementsAre("/etc/a.pem /etc/a.key"));
  EXPECT_EQ(tls.least, TlsVersion::v1_2);
  EXPECT_EQ(tls.handshake_timeout, 10s);
  EXPECT_EQ(tls.place.line, 6);
}

TEST(LoadTls, ReadsEveryKey) {
  const Tls tls = listener_with(
                      "  tls:\n"
                      "    min_version: 1.3\n"
                      "    handshake_timeout: 5m\n"
                      "    certificates:\n"
                      "    - { certificate: /etc/a.pem, key: /etc/a.key }\n"
                      "    - certificate: /etc/b.pem\n"
                      "      key: /etc/b.key")
                      .tls.value();
  EXPECT_THAT(files_of(tls), ElementsAre("/etc/a.pem /etc/a.key", "/etc/b.pem /etc/b.key"));
  EXPECT_EQ(tls.certificates.at(1).place.line, 11);
  EXPECT_EQ(tls.least, TlsVersion::v1_3);
  EXPECT_EQ(tls.handshake_timeout, 5min);
}

TEST(LoadTls, ReadsEachVersion) {
  const std::string files = "  tls: { certificate: /a.pem, key: /a.key, min_version: ";
  EXPECT_EQ(listener_with(files + "1.2 }").tls.value().least, TlsVersion::v1_2);
  EXPECT_EQ(listener_with(files + "'1.3' }").tls.value().least, TlsVersion::v1_3);
}

TEST(LoadTls, TakesFilesRelativeToTheFileThatNamesThem) {
  const std::string text = with_http_listener("  tls: { certificate: certs/a.pem, key: ../a.key }");
  EXPECT_THAT(files_of(*loaded(text, "/etc/realpeer/realpeer.yaml").listeners.at(0).tls),
              ElementsAre("/etc/realpeer/certs/a.pem /etc/realpeer/../a.key"));
  EXPECT_THAT(files_of(*loaded(text, "realpeer.yaml").listeners.at(0).tls), ElementsAre("certs/a.pem ../a.key"));
}

TEST(LoadTls, TakesFilesRelativeToTheIncludedFileThatNamesThem) {
  const realpeer::testing::TemporaryDirectory folder;
  std::filesystem::create_directories(folder.path() / "sites/web");
  folder.write("realpeer.yaml",
               "include: ['sites/*/site.yaml']\nbackends: { b: { endpoints: ['10.0.0.7:80'], identity: xff } }\n");
  folder.write("sites/web/site.yaml",
               "listeners: [{ name: a, bind: '192.0.2.9:443', tls: { certificates: [{ certificate: a.pem, key: "
               "/etc/a.key }] }, route: { http: [{ backend: b }] } }]\n");
  const Loaded result = load_file(folder.path() / "realpeer.yaml");
  for (const Diagnostic& diagnostic : result.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  EXPECT_THAT(files_of(*result.config.listeners.at(0).tls),
              ElementsAre((folder.path() / "sites/web/a.pem").string() + " /etc/a.key"));
}

// --- trusted_forwarders ---

TEST(LoadForwarders, AreNobodyByDefault) { EXPECT_THAT(listener_with("").trusted_forwarders, IsEmpty()); }

TEST(LoadForwarders, MayBeAnEmptyList) {
  EXPECT_THAT(listener_with("  trusted_forwarders: []").trusted_forwarders, IsEmpty());
}

TEST(LoadForwarders, AreNetworksOrAddresses) {
  const Listener listener = listener_with("  trusted_forwarders:\n  - 10.0.0.0/8\n  - '2001:db8::1'");
  ASSERT_THAT(listener.trusted_forwarders, SizeIs(2));
  EXPECT_EQ(listener.trusted_forwarders[0].to_string(), "10.0.0.0/8");
  EXPECT_EQ(listener.trusted_forwarders[1].to_string(), "2001:db8::1/128");
  EXPECT_EQ(listener.places.trusted_forwarders.at(1).line, 8);
}

// --- route.http ---

TEST(LoadRules, OfABackendAloneTakeEveryRequest) {
  const auto rules = rules_of("    - backend: b");
  ASSERT_THAT(rules, SizeIs(1));
  EXPECT_EQ(rules[0].host, "");
  EXPECT_EQ(rules[0].path, "/");
  EXPECT_EQ(rules[0].backend, "b");
  EXPECT_EQ(rules[0].timeout, std::nullopt);
}

TEST(LoadRules, ReadEveryKeyInTheOrderWritten) {
  const auto rules = rules_of(
      "    - { host: git.example.com, path: /api, backend: b, timeout: 5m }\n"
      "    - { host: '*.example.com', redirect: https }");
  ASSERT_THAT(rules, SizeIs(2));
  EXPECT_EQ(rules[0].host, "git.example.com");
  EXPECT_EQ(rules[0].path, "/api");
  EXPECT_EQ(rules[0].backend, "b");
  EXPECT_EQ(rules[0].timeout, 5min);
  EXPECT_EQ(rules[1].host, "*.example.com");
  EXPECT_EQ(rules[1].path, "/");
  EXPECT_EQ(rules[1].backend, std::nullopt);
}

TEST(LoadRules, KeepHostsInLowerCase) {
  EXPECT_EQ(rules_of("    - { host: Git.EXAMPLE.com, backend: b }")[0].host, "git.example.com");
}

TEST(LoadRules, TakeAPathWithAndWithoutASlashAtItsEndForOne) {
  EXPECT_EQ(rules_of("    - { path: /api/, backend: b }")[0].path, "/api");
  EXPECT_EQ(rules_of("    - { path: //, backend: b }")[0].path, "/");
}

TEST(LoadRules, KeepLettersAndEscapesOfPaths) {
  EXPECT_EQ(rules_of("    - { path: /A%20b/.well-known/~c, backend: b }")[0].path, "/A%20b/.well-known/~c");
}

TEST(LoadRules, RejectWhatNoRuleTakesUnlessThereIsADefault) {
  const auto otherwise = [](const std::string& line) {
    return loaded(with_rules("    - { path: /api, backend: b }\n" + line)).listeners.at(0).route.otherwise;
  };
  EXPECT_EQ(otherwise(""), std::nullopt);
  EXPECT_EQ(otherwise("    default: reject"), std::nullopt);
  EXPECT_EQ(otherwise("    default: b"), "b");
}

TEST(LoadRules, AreOfRequestsAndNotOfServerNames) {
  const auto route = loaded(with_rules("    - backend: b")).listeners.at(0).route;
  EXPECT_TRUE(route.is_http());
  EXPECT_FALSE(route.reads_hello());
  EXPECT_THAT(policy::targets(route), ElementsAre("b"));
}

TEST(LoadRules, RememberWhereRedirectsStand) {
  const auto places =
      loaded(with_rules("    - { host: a.example.com, backend: b }\n    - path: /x\n      redirect: https"))
          .listeners.at(0)
          .places;
  ASSERT_THAT(places.redirects, SizeIs(1));
  EXPECT_EQ(places.redirects[0].line, 9);
}

// --- backends ---

// The one of `settings`, which requests are routed to.
Backend backend_with(const std::string& settings) {
  return loaded(
             "listeners: [{ name: a, bind: '192.0.2.9:80', route: { http: [{ backend: b }] } }]\n"
             "backends: { b: { endpoints: ['10.0.0.7:80'], identity: xff" +
             settings + " } }\n")
      .backends.at(0);
}

TEST(LoadHttpBackend, HasTheDefaultsOfTheReference) {
  const Backend backend = backend_with("");
  EXPECT_EQ(backend.identity, Identity::xff);
  EXPECT_EQ(backend.keep_alive, 4s);
  EXPECT_FALSE(backend.forwarded);
}

TEST(LoadHttpBackend, ReadsEveryKey) {
  EXPECT_EQ(backend_with(", keep_alive: 0s").keep_alive, 0s);
  EXPECT_EQ(backend_with(", keep_alive: 1h").keep_alive, 1h);
  EXPECT_TRUE(backend_with(", forwarded: on").forwarded);
  EXPECT_FALSE(backend_with(", forwarded: off").forwarded);
}

TEST(LoadHttpBackend, MayBeToldInEveryWayThatTellsTheClient) {
  for (const std::string identity : {"proxy-v2", "proxy-v1", "peername", "transparent"}) {
    loaded(
        "listeners: [{ name: a, bind: '192.0.2.9:80', route: { http: [{ backend: b }] } }]\n"
        "backends: { b: { endpoints: ['10.0.0.7:80'], identity: " +
        identity + ", keep_alive: 5s, forwarded: on } }\n");
  }
}

TEST(LoadHealth, AsksForNoPathByDefault) {
  const Health health = backend_with(", health: {}").health.value();
  EXPECT_EQ(health.path, "");
  EXPECT_EQ(health.host, "");
}

TEST(LoadHealth, ReadsWhatToAskFor) {
  const Health health =
      backend_with(", health: { path: '/healthz?full=1&x=[a]', host: 'git.example.com:8080' }").health.value();
  EXPECT_EQ(health.path, "/healthz?full=1&x=[a]");
  EXPECT_EQ(health.host, "git.example.com:8080");
}

TEST(LoadHealth, AsksAsAnyHost) {
  for (const std::string host : {"localhost", "192.0.2.1", "'[2001:db8::1]'", "'[2001:db8::1]:80'", "a_b.example."}) {
    EXPECT_NE(backend_with(", health: { path: /, host: " + host + " }").health.value().host, "") << host;
  }
}

// --- limits and timeouts ---

TEST(LoadHttpLimits, HaveTheDefaultsOfTheReference) {
  const Config config = loaded(with_root(""));
  EXPECT_EQ(config.limits.handshakes, 1000U);
  EXPECT_EQ(config.timeouts.request, 30s);
  EXPECT_EQ(config.timeouts.body, 30s);
  EXPECT_EQ(config.timeouts.response, 60s);
  EXPECT_EQ(config.timeouts.keep_alive, 75s);
}

TEST(LoadHttpLimits, AreRead) {
  EXPECT_EQ(loaded(with_root("limits: { handshakes: 1000000 }")).limits.handshakes, 1'000'000U);
  const Timeouts timeouts =
      loaded(with_root("timeouts: { request: 5m, body: 1h, response: 24h, keep_alive: 0s }")).timeouts;
  EXPECT_EQ(timeouts.request, 5min);
  EXPECT_EQ(timeouts.body, 1h);
  EXPECT_EQ(timeouts.response, 24h);
  EXPECT_EQ(timeouts.keep_alive, 0s);
}

}  // namespace
}  // namespace realpeer::config
