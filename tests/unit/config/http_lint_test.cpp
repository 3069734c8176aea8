// What routes by request can and cannot do with the rest, each with and without what it speaks of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using written::problems;
using written::with_http_listener;
using written::with_listener_to_xff;
using written::with_routed_listener;
using written::with_rules;

constexpr const char* tls = "  tls: { certificate: a.pem, key: a.key }";

// A listener with this route in line 2, and a backend with these settings, indented by four, from line 6 on.
std::string with(const std::string& route, const std::string& settings) {
  return "listeners:\n"
         "- { name: a, bind: '192.0.2.9:80', route: " +
         route +
         " }\n"
         "backends:\n"
         "  b:\n"
         "    endpoints: ['10.0.0.7:80']\n" +
         settings + "\n";
}

constexpr const char* by_request = "{ http: [{ backend: b }] }";
constexpr const char* by_name = "{ sni: { a.example.com: b } }";
constexpr const char* all_to_b = "{ backend: b }";

// --- what needs requests ---

TEST(LintRequests, RefuseTlsWithoutThem) {
  const std::string text =
      "5: error: tls of listener 'a' ends TLS, and what follows must be routed by request: write route: { http: [{ "
      "backend: NAME }] }, or remove tls to pass TLS on as it is";
  EXPECT_THAT(problems(with_routed_listener(tls)), ElementsAre("t.yaml:" + text));
  EXPECT_THAT(problems(written::with_listener(std::string(tls) + "\n  route: { sni: { a.example.com: b } }")),
              ElementsAre("t.yaml:" + text));
}

TEST(LintRequests, RefuseTrustedForwardersWithoutThem) {
  EXPECT_THAT(problems(with_routed_listener("  trusted_forwarders:\n  - 10.0.0.1")),
              ElementsAre("t.yaml:6: error: trusted_forwarders of listener 'a' is about X-Forwarded-For, which is read "
                          "in requests only: remove it, or write route: { http: [{ backend: NAME }] }"));
}

TEST(LintRequests, RefuseABackendThatIsToldInThem) {
  EXPECT_THAT(
      problems(with(all_to_b, "    identity: xff")),
      ElementsAre("t.yaml:6: error: backend 'b' has identity: xff, and listener 'a' leads to it without looking "
                  "at requests: route there with http, or choose another identity"));
  EXPECT_THAT(problems(with(by_name, "    identity: xff")), ElementsAre(HasSubstr("has identity: xff, and listener")));
}

TEST(LintRequests, RefuseARouteWithoutThemOnceWhateverNeedsThem) {
  EXPECT_THAT(
      problems(with_listener_to_xff("  route: { backend: b }\n  trusted_forwarders: [10.0.0.1]\n" + std::string(tls))),
      ElementsAre(HasSubstr("t.yaml:7: error: tls of listener 'a'")));
}

TEST(LintRequests, AreNotMissedWhereTheyCouldNotBeRead) {
  EXPECT_THAT(problems(with_listener_to_xff("  route: { htpt: [{ backend: b }], default: b }\n" + std::string(tls))),
              ElementsAre(HasSubstr("unknown key 'htpt'")));
}

TEST(LintRequests, AllowWhatNeedsThem) {
  EXPECT_THAT(problems(with_http_listener(std::string(tls) + "\n  trusted_forwarders: [10.0.0.1]")), IsEmpty());
}

// --- listeners ---

TEST(LintForwarders, WarnsOfEverybodyAtItsOwnLine) {
  const std::string text = ": anybody can write X-Forwarded-For and be any client: list only the proxies that set it";
  EXPECT_THAT(problems(with_http_listener("  trusted_forwarders:\n  - 10.0.0.0/8\n  - 0.0.0.0/0\n  - '::/0'")),
              ElementsAre("t.yaml:8: warning: trusted_forwarders has 0.0.0.0/0" + text,
                          "t.yaml:9: warning: trusted_forwarders has ::/0" + text));
}

TEST(LintRedirects, WarnsOfThoseToTheListenerItself) {
  EXPECT_THAT(problems(with_rules("    - backend: b\n    - { path: /old, redirect: https }\n" + std::string(tls))),
              ElementsAre("t.yaml:8: warning: redirect: https on listener 'a', which has tls: clients may be sent in a "
                          "circle: write backend: NAME, and redirect on a listener without tls"));
}

TEST(LintRedirects, AllowsThoseOfAListenerWithoutTls) {
  EXPECT_THAT(problems(with_rules("    - backend: b\n    - { path: /old, redirect: https }")), IsEmpty());
}

TEST(LintUse, AllowsAListenerThatOnlyRedirects) {
  EXPECT_THAT(problems(with_http_listener("") +
                       "- { name: c, bind: '192.0.2.9:81', route: { http: [{ redirect: https }] } }\n"),
              IsEmpty());
}

// --- identity ---

TEST(LintLostClients, WarnsOfABackendOfRequestsThatIsNotTold) {
  EXPECT_THAT(
      problems(with(by_request, "    identity: none")),
      ElementsAre("t.yaml:6: warning: backend 'b' has identity: none behind listener 'a', which routes requests: "
                  "it will see this gateway's address and not the client's: use xff"));
}

TEST(LintLostClients, WarnsOnceWhereHeadersAreAcceptedToo) {
  EXPECT_THAT(problems(with(std::string(by_request) + ", accept_proxy: strict, trusted_cidrs: [10.0.0.1]",
                            "    identity: none")),
              ElementsAre(HasSubstr("use xff")));
}

TEST(LintLostClients, LeavesReceiversOfHeadersToTheirOwnWarning) {
  EXPECT_THAT(problems(with(by_request, "    identity: none\n    profile: nginx")),
              ElementsAre(HasSubstr("has profile nginx")));
}

TEST(LintLostClients, AllowsEveryWayToTellTheClient) {
  for (const std::string identity : {"xff", "proxy-v2", "proxy-v1", "peername", "transparent"}) {
    EXPECT_THAT(problems(with(by_request, "    identity: " + identity)), IsEmpty()) << identity;
  }
}

// --- backends ---

TEST(LintHttpBackend, WarnsOfSettingsOfRequestsThatNoneMeets) {
  const std::string text =
      " of backend 'b' is not used: no listener leads to it by request (route: { http: […] }): remove it";
  EXPECT_THAT(problems(with(all_to_b, "    keep_alive: 5s\n    forwarded: off")),
              ElementsAre("t.yaml:6: warning: keep_alive" + text, "t.yaml:7: warning: forwarded" + text));
  EXPECT_THAT(problems(with(by_name, "    keep_alive: 5s")), ElementsAre("t.yaml:6: warning: keep_alive" + text));
}

TEST(LintHttpBackend, AllowsSettingsOfRequestsThatSomeMeet) {
  EXPECT_THAT(problems(with(std::string(all_to_b) + " }\n- { name: c, bind: '192.0.2.9:81', route: " + by_request,
                            "    keep_alive: 5s\n    forwarded: on")),
              IsEmpty());
}

TEST(LintHttpBackend, SaysNothingOfSettingsOfABackendThatNoListenerUses) {
  EXPECT_THAT(problems(with(all_to_b, "  c: { endpoints: ['10.0.0.8:80'], keep_alive: 5s }")),
              ElementsAre(HasSubstr("backend 'c' is used by no listener")));
}

// --- checks ---

TEST(LintHealthPath, WarnsOfAPlainRequestToABackendOfTls) {
  EXPECT_THAT(problems(with(by_name, "    health:\n      send_proxy: local\n      path: /healthz")),
              ElementsAre("t.yaml:8: warning: health.path of backend 'b' is asked for in plain HTTP, and listener 'a' "
                          "passes TLS on to it: every check will fail: remove path"));
}

TEST(LintHealthPath, AllowsAPlainRequestWhereConnectionsMayBePlain) {
  EXPECT_THAT(problems(with(all_to_b, "    identity: none\n    health: { path: /healthz }")), IsEmpty());
  EXPECT_THAT(problems(with(by_request, "    identity: xff\n    health: { path: /healthz }")), IsEmpty());
}

TEST(LintHealthPath, WarnsOfARequestThatAReceiverOfHeadersCannotBeSent) {
  EXPECT_THAT(problems(with(by_request, "    profile: gitea\n    health:\n      path: /api/healthz")),
              ElementsAre("t.yaml:8: warning: health.path of backend 'b' is asked for without a header, and profile "
                          "gitea takes none that names nobody: where it demands one every check fails: remove path"));
}

TEST(LintHealthPath, AllowsARequestAfterAHeader) {
  EXPECT_THAT(problems(with(by_request, "    profile: nginx\n    health: { path: /healthz }")), IsEmpty());
}

// --- TLVs ---

TEST(LintTlvs, AllowsANameThatAListenerThatEndsTlsKnows) {
  EXPECT_THAT(problems(with(std::string(by_request) + ", tls: { certificate: a.pem, key: a.key }",
                            "    send_tlvs: [authority, alpn]")),
              IsEmpty());
}

TEST(LintTlvs, WarnsOfANameThatPlainRequestsDoNotBring) {
  EXPECT_THAT(problems(with(by_request, "    send_tlvs: [authority]")), ElementsAre(HasSubstr("send_tlvs of backend")));
}

}  // namespace
}  // namespace realpeer::config
