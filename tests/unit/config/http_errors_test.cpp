// Every error of what ends TLS and routes requests, with its line and its text.
#include "harness/process.h"
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using ::testing::ElementsAre;
using written::problems;
using written::with_http_listener;
using written::with_listener;
using written::with_listener_to_xff;
using written::with_root;
using written::with_rules;

const std::string files = "certificate: a.pem, key: a.key";

INSTANTIATE_TEST_SUITE_P(
    Tls, LoadRefuses,
    ::testing::Values(
        Refusal{"TlsThatIsNoMap", with_http_listener("  tls: on"), "6: error: tls:" + map_remedy},
        Refusal{"TlsWithoutValue", with_http_listener("  tls:"), "6: error: tls:" + no_value},
        Refusal{"TlsWithoutCertificate", with_http_listener("  tls: {}"),
                "6: error: 'certificate' is missing: name PEM files, as in certificate: wildcard.pem and key: "
                "wildcard.key"},
        Refusal{"TlsWithoutKey", with_http_listener("  tls: { certificate: a.pem }"),
                "6: error: 'key' is missing: name the PEM file of the certificate's key, as in key: wildcard.key"},
        Refusal{"TlsWithAKeyAlone", with_http_listener("  tls: { key: a.key }"),
                "6: error: 'certificate' is missing: name the PEM file of the chain, as in certificate: wildcard.pem"},
        Refusal{"ACertificateWithoutValue", with_http_listener("  tls: { certificate: ~, key: a.key }"),
                "6: error: tls.certificate:" + no_value},
        Refusal{"ACertificateThatIsEmpty", with_http_listener("  tls: { certificate: '', key: a.key }"),
                "6: error: tls.certificate: '' is no file: write the path of a PEM file"},
        Refusal{"AKeyThatIsAFolder", with_http_listener("  tls:\n    certificate: a.pem\n    key: /etc/keys/"),
                "8: error: tls.key: '/etc/keys/' is no file: write the path of a PEM file"},
        Refusal{"ACertificateThatIsAList", with_http_listener("  tls: { certificate: [a.pem], key: a.key }"),
                "6: error: tls.certificate: must be a single value, not a list"},
        Refusal{"AMisspeltCertificate", with_http_listener("  tls: { certifcate: a.pem, key: a.key }"),
                "6: error: unknown key 'certifcate'; did you mean 'certificate'?"},
        Refusal{"AnUnknownVersion", with_http_listener("  tls: { " + files + ", min_version: TLSv1.2 }"),
                "6: error: tls.min_version: 'TLSv1.2' is not known: choose one of 1.2, 1.3"},
        Refusal{"AHandshakeWithoutTime", with_http_listener("  tls: { " + files + ", handshake_timeout: 0s }"),
                "6: error: tls.handshake_timeout: '0s' is out of range: write 1ms to 5m"},
        Refusal{"AHandshakeWithTooMuchTime", with_http_listener("  tls: { " + files + ", handshake_timeout: 6m }"),
                "6: error: tls.handshake_timeout: '6m' is out of range: write 1ms to 5m"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Certificates, LoadRefuses,
    ::testing::Values(
        Refusal{"CertificatesThatAreNoList", with_http_listener("  tls: { certificates: a.pem }"),
                "6: error: tls.certificates:" + list_remedy},
        Refusal{"CertificatesWithoutValue", with_http_listener("  tls: { certificates: ~ }"),
                "6: error: tls.certificates:" + no_value},
        Refusal{"AnEmptyListOfCertificates", with_http_listener("  tls: { certificates: [] }"),
                "6: error: tls.certificates: is empty: list at least one { certificate: FILE, key: FILE }"},
        Refusal{"CertificatesBesideOne",
                with_http_listener("  tls:\n    certificates: [{ " + files + " }]\n    certificate: b.pem"),
                "7: error: tls.certificates: cannot stand beside 'certificate' and 'key': move those into the list"},
        Refusal{"ACertificateThatIsNoMap", with_http_listener("  tls: { certificates: [a.pem] }"),
                "6: error: tls.certificates:" + map_remedy},
        Refusal{"ACertificateOfNothing", with_http_listener("  tls:\n    certificates:\n    - {}"),
                "8: error: 'certificate' is missing: name PEM files, as in certificate: wildcard.pem and key: "
                "wildcard.key"},
        Refusal{"ACertificateOfTheListWithoutKey",
                with_http_listener("  tls:\n    certificates:\n    - { " + files + " }\n    - certificate: b.pem"),
                "9: error: 'key' is missing: name the PEM file of the certificate's key, as in key: wildcard.key"},
        Refusal{"ACertificateOfTheListThatIsEmpty",
                with_http_listener("  tls: { certificates: [{ certificate: '', key: a.key }] }"),
                "6: error: tls.certificates.certificate: '' is no file: write the path of a PEM file"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Forwarders, LoadRefuses,
    ::testing::Values(Refusal{"ForwardersThatAreNoList", with_http_listener("  trusted_forwarders: 10.0.0.1"),
                              "6: error: trusted_forwarders:" + list_remedy},
                      Refusal{"ForwardersWithoutValue", with_http_listener("  trusted_forwarders:"),
                              "6: error: trusted_forwarders:" + no_value},
                      Refusal{"AForwarderThatIsAName", with_http_listener("  trusted_forwarders:\n  - proxy"),
                              "7: error: trusted_forwarders: 'proxy' is not a network: write an address and a prefix "
                              "length, as in '10.0.0.0/8'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Rules, LoadRefuses,
    ::testing::Values(
        Refusal{"RulesThatAreNoList", with_listener("  route: { http: { host: b } }"),
                "5: error: route.http:" + list_remedy},
        Refusal{"RulesWithoutValue", with_listener("  route: { http: ~ }"), "5: error: route.http:" + no_value},
        Refusal{"RulesWithoutValueAndADefault", with_listener_to_xff("  route: { http: ~, default: b }"),
                "5: error: route.http:" + no_value},
        Refusal{"AnEmptyListOfRules", with_listener("  route: { http: [], default: reject }"),
                "5: error: route.http: is empty: list rules, as in [{ host: git.example.com, backend: NAME }]"},
        Refusal{"ARuleThatIsNoMap", with_rules("    - backend: b\n    - b"), "8: error: route.http:" + map_remedy},
        Refusal{"ARuleWithoutValue", with_rules("    - backend: b\n    - ~"), "8: error: route.http:" + map_remedy},
        Refusal{"ARuleToNowhere", with_rules("    - backend: b\n    - host: a.example.com"),
                "8: error: route.http: the rule leads nowhere: add backend: NAME, or redirect: https"},
        Refusal{"ARuleToAnUnknownBackend", with_rules("    - backend: nope"),
                "7: error: route.http.backend: there is no backend 'nope': the known ones are b"},
        Refusal{"ARuleThatRejects", with_rules("    - backend: reject"),
                "7: error: route.http.backend: there is no backend 'reject': the known ones are b"},
        Refusal{"ARuleWithABackendAndARedirect", with_rules("    - backend: b\n      redirect: https"),
                "8: error: route.http.redirect: cannot stand beside 'backend': remove one of the two"},
        Refusal{"ARedirectToNothingKnown", with_rules("    - redirect: http"),
                "7: error: route.http.redirect: 'http' is not known; did you mean 'https'? choose one of https"},
        Refusal{"ARedirectWithATimeout", with_rules("    - redirect: https\n      timeout: 5s"),
                "8: error: route.http.timeout: is of a backend's response, and a redirect has none: remove it"},
        Refusal{"AResponseWithoutTime", with_rules("    - { backend: b, timeout: 0s }"),
                "7: error: route.http.timeout: '0s' is out of range: write 1ms to 24h"},
        Refusal{"AnUnknownRuleKey", with_rules("    - { hosts: a.example.com, backend: b }"),
                "7: error: unknown key 'hosts'; did you mean 'host'?"},
        Refusal{"ARuleTwice",
                with_rules("    - { host: a.example.com, path: /api, backend: b }\n"
                           "    - { host: A.example.com, path: /api/, redirect: https }"),
                "8: error: route.http: the rule for host 'a.example.com' with path '/api' is written twice, first in "
                "line 7: remove one of the two"},
        Refusal{"ARuleForEveryRequestTwice", with_rules("    - backend: b\n    - { path: /, backend: b }"),
                "8: error: route.http: the rule for every host with path '/' is written twice, first in line 7: remove "
                "one of the two"}),
    name_of);

const std::string no_prefix =
    " is no prefix of paths: write it without '?', '#' and '*'; '/api' takes '/api/users' as well";
const std::string of_no_request =
    " can be the path of no request: write it without spaces, broken escapes and parts that are '.' or '..'; requests "
    "with such are refused";
const std::string an_address = " is an address: write a host name, or leave host out, which takes addresses too";

// A rule of this host, right but for that; the error of the value.
Refusal of_host(const char* name, const std::string& host, const std::string& problem) {
  return {name, with_rules("    - { host: " + host + ", backend: b }\n    - backend: b"),
          "7: error: route.http.host: " + problem};
}

Refusal of_path(const char* name, const std::string& path, const std::string& problem) {
  return {name, with_rules("    - { path: '" + path + "', backend: b }\n    - backend: b"),
          "7: error: route.http.path: '" + path + "'" + problem};
}

INSTANTIATE_TEST_SUITE_P(
    HostsOfRules, LoadRefuses,
    ::testing::Values(
        of_host("HostWithoutValue", "~", no_value.substr(1)),
        of_host("EveryHost", "'*'", "'*' is every host: leave host out"),
        of_host("AnEmptyHost", "''", "'' is every host: leave host out"),
        of_host("AHostThatIsAnAddress", "192.0.2.1", "'192.0.2.1'" + an_address),
        of_host("AHostThatIsAnIPv6Address", "'2001:db8::1'", "'2001:db8::1'" + an_address),
        of_host("AHostThatIsAnAddressInBrackets", "'[2001:db8::1]'", "'[2001:db8::1]'" + an_address),
        of_host("AHostWithADotAtItsEnd", "a.example.com.",
                "'a.example.com.' ends with a dot, which counts for nothing: write 'a.example.com'"),
        of_host("AHostWithAPort", "'a.example.com:443'",
                "'a.example.com:443' is not a server name: write a host name, as in 'git.example.com', or "
                "'*.example.com' for all below")),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    PathsOfRules, LoadRefuses,
    ::testing::Values(
        of_path("APathWithoutSlash", "api", " is no path: write one that begins with '/', as in '/api'"),
        of_path("AnEmptyPath", "", " is no path: write one that begins with '/', as in '/api'"),
        of_path("APathWithAWildcard", "/api/*", no_prefix), of_path("APathWithAQuery", "/api?x=1", no_prefix),
        of_path("APathWithAFragment", "/api#x", no_prefix), of_path("APathWithDots", "/api/../x", of_no_request),
        of_path("APathWithEscapedDots", "/api/%2e%2E", of_no_request),
        of_path("APathWithABrokenEscape", "/api%2", of_no_request), of_path("APathWithASpace", "/a b", of_no_request)),
    name_of);

TEST(LoadRefuses, EachMistakeOfARuleInOneGo) {
  EXPECT_THAT(problems(with_rules("    - { host: '*', path: api, backend: nope, timeout: 5 }")),
              ElementsAre("t.yaml:7: error: route.http.host: '*' is every host: leave host out",
                          "t.yaml:7: error: route.http.path: 'api' is no path: write one that begins with '/', as in "
                          "'/api'",
                          "t.yaml:7: error: route.http.backend: there is no backend 'nope': the known ones are b",
                          "t.yaml:7: error: route.http.timeout: '5' has no unit: write '5s'"));
}

// `settings` of the backend that requests are routed to, in line 2.
std::string with_http_backend(const std::string& settings) {
  return "listeners: [{ name: a, bind: '192.0.2.9:80', route: { http: [{ backend: b }] } }]\n"
         "backends: { b: { endpoints: ['10.0.0.7:80'], identity: xff, " +
         settings + " } }\n";
}

const std::string no_check_path =
    " is no path to ask for: write one that begins with '/', without spaces, broken escapes and parts that are '.' or "
    "'..', as in '/healthz'";
const std::string no_check_host = " is no host: write a host name or an address, with or without a port";

INSTANTIATE_TEST_SUITE_P(
    HttpBackends, LoadRefuses,
    ::testing::Values(
        Refusal{"KeepAliveTooLong", with_http_backend("keep_alive: 61m"),
                "2: error: keep_alive: '61m' is out of range: write 0s to 1h"},
        Refusal{"ForwardedThatIsNoWord", with_http_backend("forwarded: true"),
                "2: error: forwarded: 'true' is not known: choose one of off, on"},
        Refusal{"TlvsInRequests", with_http_backend("send_tlvs: [authority]"),
                "2: error: TLVs need identity: proxy-v2, and backend 'b' has xff: remove send_tlvs and "
                "pass_through_tlvs"},
        Refusal{"AHeaderOfChecksBeforeRequests", with_http_backend("health: { send_proxy: local }"),
                "2: error: health.send_proxy: local sends a header to backend 'b', which gets none (identity: xff): "
                "remove it"},
        Refusal{"AHostOfChecksWithoutPath", with_http_backend("health: { host: a.example.com }"),
                "2: error: health: 'host' is of a request: add path, as in path: /healthz"},
        Refusal{"APathOfChecksWithoutSlash", with_http_backend("health: { path: healthz }"),
                "2: error: health.path: 'healthz'" + no_check_path},
        Refusal{"APathOfChecksWithDots", with_http_backend("health: { path: /a/../b }"),
                "2: error: health.path: '/a/../b'" + no_check_path},
        Refusal{"APathOfChecksThatSplitsTheRequest", with_http_backend("health: { path: \"/a?b c\" }"),
                "2: error: health.path: '/a?b c'" + no_check_path},
        Refusal{"APathOfChecksWithAFragment", with_http_backend("health: { path: '/a?b#c' }"),
                "2: error: health.path: '/a?b#c'" + no_check_path},
        Refusal{"AHostOfChecksWithASpace", with_http_backend("health: { path: /, host: a b }"),
                "2: error: health.host: 'a b'" + no_check_host},
        Refusal{"AHostOfChecksWithAScheme", with_http_backend("health: { path: /, host: 'http://a' }"),
                "2: error: health.host: 'http://a'" + no_check_host}),
    name_of);

TEST(LoadRefuses, ALineBreakInWhatAChecksAsksFor) {
  EXPECT_THAT(problems(with_http_backend(R"(health: { path: "/a\r\nX: y", host: "a\r\nb" })")),
              ElementsAre("t.yaml:2: error: health.path: '/a??X: y'" + no_check_path,
                          "t.yaml:2: error: health.host: 'a??b'" + no_check_host));
}

INSTANTIATE_TEST_SUITE_P(
    HttpLimits, LoadRefuses,
    ::testing::Values(Refusal{"NoHandshakes", with_root("limits: { handshakes: 0 }"),
                              "1: error: limits.handshakes: '0' is out of range: write 1 to 1000000"},
                      Refusal{"ARequestTimeoutOutOfRange", with_root("timeouts: { request: 6m }"),
                              "1: error: timeouts.request: '6m' is out of range: write 1ms to 5m"},
                      Refusal{"ABodyTimeoutOutOfRange", with_root("timeouts: { body: 0s }"),
                              "1: error: timeouts.body: '0s' is out of range: write 1ms to 1h"},
                      Refusal{"AResponseTimeoutOutOfRange", with_root("timeouts: { response: 25h }"),
                              "1: error: timeouts.response: '25h' is out of range: write 1ms to 24h"},
                      Refusal{"AKeepAliveOutOfRange", with_root("timeouts: { keep_alive: 2h }"),
                              "1: error: timeouts.keep_alive: '2h' is out of range: write 0s to 1h"}),
    name_of);

TEST(LoadRefuses, MistakesOfRulesUnderTheNameOfTheIncludedFile) {
  const realpeer::testing::TemporaryDirectory folder;
  folder.write("realpeer.yaml",
               "include: [site.yaml]\nbackends: { b: { endpoints: ['10.0.0.7:80'], identity: xff } }\n");
  folder.write(
      "site.yaml",
      "listeners:\n- name: a\n  bind: 192.0.2.9:443\n  tls: {}\n  route: { http: [{ path: x, backend: b }] }\n");
  std::vector<std::string> found;
  for (const Diagnostic& diagnostic : load_file(folder.path() / "realpeer.yaml").diagnostics) {
    found.push_back(diagnostic.to_string());
  }
  const std::string site = (folder.path() / "site.yaml").string();
  EXPECT_THAT(found, ElementsAre(::testing::StartsWith(site + ":4: error: 'certificate' is missing: "),
                                 ::testing::StartsWith(site + ":5: error: route.http.path: 'x' is no path: ")));
}

}  // namespace
}  // namespace realpeer::config
