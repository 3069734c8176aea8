// What manifests become, setting by setting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <sstream>

#include "unit/import/composed.h"

namespace realpeer::importing {
namespace {

using namespace composed;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Example {
  const char* name;
  std::vector<std::string> objects;
  std::string has;  // of the configuration, lines without their indent
  Options options{};
};

inline void PrintTo(const Example& shown, std::ostream* out) { *out << shown.name; }

std::string without_indent(const std::string& text) {
  std::string lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines += line.substr(line.find_first_not_of(' ')) + "\n";
  return lines;
}

class Translates : public ::testing::TestWithParam<Example> {};

TEST_P(Translates, ToWhatLoads) {
  const Imported result = import_of(GetParam().objects, GetParam().options);
  EXPECT_THAT(without_indent(result.text), HasSubstr(GetParam().has));
  EXPECT_THAT(mistakes(result.text), IsEmpty()) << result.text;
}

std::string name_of(const ::testing::TestParamInfo<Example>& test) { return test.param.name; }

// Of the one listener there is, at port 9000.
std::vector<std::string> with_client_policy(const std::string& spec) {
  return {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"), client_policy("p", "name: g", spec)};
}

std::vector<std::string> with_backend_policy(const std::string& spec) {
  return {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
          backend_policy("p", "kind: TCPRoute, name: r", spec)};
}

const Options trusting{.trusted_cidrs = {"10.100.0.9/32"}};

INSTANTIATE_TEST_SUITE_P(
    Inbound, Translates,
    ::testing::Values(
        Example{"NoPolicy", {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g")}, "accept_proxy: off\n"},
        Example{"ProxyProtocol", with_client_policy("proxyProtocol: { optional: false }"),
                "accept_proxy: strict\ntrusted_cidrs: [10.100.0.9/32]\n", trusting},
        Example{"ProxyProtocolWithDefaults", with_client_policy("proxyProtocol: {}"), "accept_proxy: strict\n",
                trusting},
        Example{"ProxyProtocolOfNothing", with_client_policy("proxyProtocol: null"), "accept_proxy: off\n", trusting},
        Example{"Optional", with_client_policy("proxyProtocol: { optional: true }"),
                "accept_proxy: mixed\ntrusted_cidrs: [10.100.0.9/32]\n", trusting},
        Example{"TheDeprecatedSetting", with_client_policy("enableProxyProtocol: true"), "accept_proxy: strict\n",
                trusting},
        Example{"TheDeprecatedSettingOff", with_client_policy("enableProxyProtocol: false"), "accept_proxy: off\n",
                trusting},
        Example{"TheNewSettingBeforeTheDeprecatedOne",
                with_client_policy("enableProxyProtocol: true, proxyProtocol: { optional: true }"),
                "accept_proxy: mixed\n", trusting},
        Example{"NobodyIsTrustedWhereNobodySaysWhom", with_client_policy("proxyProtocol: {}"),
                "accept_proxy: strict\ntrusted_cidrs: [0.0.0.0/32]\n"},
        Example{"ThePolicyOfASection",
                {gateway("g", tcp("a", 9000) + ", " + tcp("b", 9001)), tcp_route("r", "name: g"),
                 client_policy("p", "name: g, sectionName: b", "proxyProtocol: {}")},
                "bind: \"0.0.0.0:9000\"\naccept_proxy: off\n",
                trusting},
        Example{"TheOtherOfThatSection",
                {gateway("g", tcp("a", 9000) + ", " + tcp("b", 9001)), tcp_route("r", "name: g"),
                 client_policy("p", "name: g, sectionName: b", "proxyProtocol: {}")},
                "bind: \"0.0.0.0:9001\"\n# ClientTrafficPolicy default/p: proxyProtocol.optional: false\n"
                "accept_proxy: strict\n",
                trusting},
        Example{"ASectionBeforeTheWhole",
                {gateway("g", tcp("a", 9000)), tcp_route("r", "name: g"),
                 client_policy("a-whole", "name: g", "proxyProtocol: {}"),
                 client_policy("section", "name: g, sectionName: a", "proxyProtocol: { optional: true }")},
                "accept_proxy: mixed\n",
                trusting},
        Example{"TargetRef",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
                 envoy_gateway("ClientTrafficPolicy", "p",
                               "targetRef: { group: gateway.networking.k8s.io, kind: Gateway, name: g }, "
                               "proxyProtocol: {}")},
                "accept_proxy: strict\n",
                trusting},
        Example{"TargetSelectors",
                {object("gateway.networking.k8s.io/", "Gateway", "g, labels: { tier: edge }",
                        "spec: { gatewayClassName: eg, listeners: [" + tcp("l", 9000) + "] }"),
                 tcp_route("r", "name: g"),
                 envoy_gateway("ClientTrafficPolicy", "p",
                               "targetSelectors: [{ kind: Gateway, matchLabels: { tier: edge } }], proxyProtocol: {}")},
                "accept_proxy: strict\n",
                trusting},
        Example{"TheOlderOfTwoPolicies",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
                 client_policy("a, creationTimestamp: '2026-02-01T00:00:00Z'", "name: g", "proxyProtocol: {}"),
                 client_policy("b, creationTimestamp: '2026-01-01T00:00:00Z'", "name: g",
                               "proxyProtocol: { optional: true }")},
                "accept_proxy: mixed\n",
                trusting},
        Example{"ConnectionLimit", with_client_policy("connection: { connectionLimit: { value: 500 } }"),
                "max_connections: 500\n"},
        Example{"TheBindAddress",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g")},
                "bind: \"[::]:9000\"\n",
                Options{.bind_address = "[::]"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Outbound, Translates,
    ::testing::Values(
        Example{"NoPolicy", with_client_policy("proxyProtocol: {}"), "identity: none\n"},
        Example{"Version2", with_backend_policy("proxyProtocol: { version: V2 }"), "identity: proxy-v2\n"},
        Example{"Version1", with_backend_policy("proxyProtocol: { version: V1 }"), "identity: proxy-v1\n"},
        Example{"ThePolicyOfTheGateway",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
                 backend_policy("p", "kind: Gateway, name: g", "proxyProtocol: { version: V2 }")},
                "identity: proxy-v2\n"},
        Example{"ThePolicyOfAListener",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
                 backend_policy("p", "kind: Gateway, name: g, sectionName: l", "proxyProtocol: { version: V2 }")},
                "identity: proxy-v2\n"},
        Example{"OfStreamsWhatTheRouteDoesNotSayTheGatewayDoes",
                {gateway("g", tcp("l", 9000)), tcp_route("r", "name: g"),
                 backend_policy("a", "kind: TCPRoute, name: r", "loadBalancer: { type: LeastRequest }"),
                 backend_policy("b", "kind: Gateway, name: g", "proxyProtocol: { version: V1 }")},
                "identity: proxy-v1\nbalance: least_connections\n"},
        Example{"OfRequestsTheRoutesPolicyReplacesTheGateways",
                {gateway("g", http("l")), http_route("r", "name: g", "{ " + to_app + " }"),
                 backend_policy("a", "kind: HTTPRoute, name: r", "loadBalancer: { type: LeastRequest }"),
                 backend_policy("b", "kind: Gateway, name: g", "proxyProtocol: { version: V1 }")},
                "identity: xff\nbalance: least_connections\n"},
        Example{"OfRequestsAPolicyThatMergesHasTheGatewaysToo",
                {gateway("g", http("l")), http_route("r", "name: g", "{ " + to_app + " }"),
                 backend_policy("a", "kind: HTTPRoute, name: r",
                                "mergeType: StrategicMerge, loadBalancer: { type: LeastRequest }"),
                 backend_policy("b", "kind: Gateway, name: g", "proxyProtocol: { version: V1 }")},
                "identity: proxy-v1\nbalance: least_connections\n"},
        Example{"ThePolicyOfARule",
                {gateway("g", http("l")), http_route("r", "name: g", "{ name: one, " + to_app + " }"),
                 backend_policy("p", "kind: HTTPRoute, name: r, sectionName: one", "proxyProtocol: { version: V2 }")},
                "identity: proxy-v2\n"},
        Example{"SourceIP",
                with_backend_policy("loadBalancer: { type: ConsistentHash, consistentHash: { type: SourceIP } }"),
                "balance: client_hash\n"},
        Example{"ACheckThatConnects",
                with_backend_policy("proxyProtocol: { version: V2 }, healthCheck: { active: { type: TCP, interval: 3s, "
                                    "timeout: 500ms, healthyThreshold: 1, unhealthyThreshold: 3 } }"),
                "health: { interval: 3s, timeout: 500ms, rise: 1, fall: 3, send_proxy: local }\n"},
        Example{"ACheckThatAsks",
                {gateway("g", http("l")), http_route("r", "name: g", "{ " + to_app + " }"),
                 backend_policy("p", "kind: HTTPRoute, name: r",
                                "healthCheck: { active: { type: HTTP, interval: 1m30s, http: { path: /healthz, "
                                "hostname: app.example.com } } }")},
                "health: { interval: 90s, path: /healthz, host: app.example.com }\n"}),
    name_of);

std::vector<std::string> to_backend(const std::string& ref, const std::vector<std::string>& more) {
  std::vector<std::string> objects{gateway("g", tcp("l", 9000)), tcp_route("r", "name: g", ref)};
  objects.insert(objects.end(), more.begin(), more.end());
  return objects;
}

const std::string to_external = "{ group: gateway.envoyproxy.io, kind: Backend, name: b }";

std::string service(const std::string& spec) { return object("", "Service", "app", "spec: { " + spec + " }"); }

INSTANTIATE_TEST_SUITE_P(
    Endpoints, Translates,
    ::testing::Values(
        Example{"AServiceByItsName", to_backend("{ name: app, port: 9000 }", {}),
                "endpoints: [\"app.default.svc.cluster.local:9000\"]\n"},
        Example{"TheClusterDomain", to_backend("{ name: app, port: 9000 }", {}),
                "endpoints: [\"app.default.svc.k8s.example:9000\"]\n", Options{.cluster_domain = "k8s.example"}},
        Example{"WhereTheOperatorSays", to_backend("{ name: app, port: 9000 }", {}), "endpoints: [\"10.0.0.7:22\"]\n",
                Options{.endpoints = {{"default/app:9000", "10.0.0.7:22"}}}},
        Example{"AServiceOfPods",
                to_backend("{ name: app, port: 9000 }",
                           {service("selector: { a: b }, ports: [{ port: 9000, targetPort: 9001 }]")}),
                "endpoints: [\"app.default.svc.cluster.local:9000\"]\n"},
        Example{"AHeadlessServiceAtThePodsPort",
                to_backend("{ name: app, port: 9000 }",
                           {service("clusterIP: None, selector: { a: b }, ports: [{ port: 9000, targetPort: 9001 }]")}),
                "endpoints: [\"app.default.svc.cluster.local:9001\"]\n"},
        Example{
            "AnExternalName",
            to_backend("{ name: app, port: 9000 }", {service("type: ExternalName, externalName: app.example.com.")}),
            "endpoints: [\"app.example.com:9000\"]\n"},
        Example{"AddressesOfASliceWithoutPods",
                to_backend("{ name: app, port: 9000 }",
                           {service("ports: [{ name: p, port: 9000 }]"),
                            object("discovery.k8s.io/", "EndpointSlice",
                                   "app-1, labels: { kubernetes.io/service-name: app }",
                                   "endpoints: [{ addresses: [10.0.0.7] }, { addresses: ['2001:db8::7'] }, "
                                   "{ addresses: [10.0.0.9], conditions: { ready: false } }], "
                                   "ports: [{ name: p, port: 9001 }]")}),
                "endpoints: [\"10.0.0.7:9001\", \"[2001:db8::7]:9001\"]\n"},
        Example{"ABackendByAddress",
                to_backend(to_external, {envoy_gateway("Backend", "b",
                                                       "endpoints: [{ ip: { address: 10.0.0.7, port: 1 } }, "
                                                       "{ ip: { address: '2001:db8::7', port: 2 } }]")}),
                "endpoints: [\"10.0.0.7:1\", \"[2001:db8::7]:2\"]\n"},
        Example{
            "ABackendByName",
            to_backend(to_external, {envoy_gateway("Backend", "b",
                                                   "endpoints: [{ fqdn: { hostname: app.example.com., port: 1 } }]")}),
            "endpoints: [\"app.example.com:1\"]\n"},
        Example{"Weights", to_backend("{ name: a, port: 1, weight: 900 }, { name: b, port: 2, weight: 100 }", {}),
                "endpoints:\n- { address: \"a.default.svc.cluster.local:1\", weight: 9 }\n"
                "- { address: \"b.default.svc.cluster.local:2\", weight: 1 }\n"},
        Example{"WeightsThatAreTooFarApart",
                to_backend("{ name: a, port: 1, weight: 9999 }, { name: b, port: 2, weight: 1 }", {}),
                "endpoints:\n- { address: \"a.default.svc.cluster.local:1\", weight: 100 }\n"
                "- { address: \"b.default.svc.cluster.local:2\", weight: 1 }\n"},
        Example{"AWeightDividedAmongAddresses",
                to_backend(to_external + ", { name: a, port: 3 }",
                           {envoy_gateway("Backend", "b",
                                          "endpoints: [{ ip: { address: 10.0.0.7, port: 1 } }, "
                                          "{ ip: { address: 10.0.0.8, port: 1 } }]")}),
                "endpoints:\n- { address: \"10.0.0.7:1\", weight: 1 }\n- { address: \"10.0.0.8:1\", weight: 1 }\n"
                "- { address: \"a.default.svc.cluster.local:3\", weight: 2 }\n"},
        Example{"WithoutThatOfWeightZero", to_backend("{ name: a, port: 1, weight: 0 }, { name: b, port: 2 }", {}),
                "endpoints: [\"b.default.svc.cluster.local:2\"]\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Routes, Translates,
    ::testing::Values(
        Example{"ServerNames",
                {gateway("g", passthrough("l")), tls_route("r", "name: g", "git.example.com, '*.example.org'")},
                "route:\nsni:\n\"*.example.org\": app\ngit.example.com: app\ndefault: reject\n"},
        Example{"ServerNamesThatTheListenerLetsIn",
                {gateway("g", passthrough("l", "port: 443, hostname: '*.example.com'")),
                 tls_route("r", "name: g", "git.example.com, git.example.org")},
                "sni:\ngit.example.com: app\ndefault: reject\n"},
        Example{"EveryServerName",
                {gateway("g", passthrough("l")), tls_route("r", "name: g", "")},
                "route: { backend: app }\n"},
        Example{"RulesOfRequests",
                {gateway("g", http("l")),
                 http_route("r", "name: g",
                            "{ matches: [{ path: { value: /api/ } }, { path: { type: PathPrefix, value: /v2 } }], " +
                                to_app + ", timeouts: { request: 1m30s } }, { " + to_app + " }",
                            "app.example.com")},
                "http:\n- { host: app.example.com, path: /api, backend: app, timeout: 90s }\n"
                "- { host: app.example.com, path: /v2, backend: app, timeout: 90s }\n"
                "- { host: app.example.com, backend: app }\ndefault: reject\n"},
        Example{"TheHostOfTheListener",
                {gateway("g", http("l", "port: 80, hostname: '*.example.com'")),
                 http_route("r", "name: g", "{ " + to_app + " }")},
                "- { host: \"*.example.com\", backend: app }\n"},
        Example{"ARedirect",
                {gateway("g", http("l") + ", " + http("m", "port: 81")),
                 http_route("r", "name: g, sectionName: l",
                            "{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 "
                            "} }] }"),
                 http_route("s", "name: g, sectionName: m", "{ " + to_app + " }")},
                "- { redirect: https }\n"},
        Example{"ForwardersThatAreBelieved",
                {gateway("g", http("l")), http_route("r", "name: g", "{ " + to_app + " }"),
                 client_policy("p", "name: g",
                               "clientIPDetection: { xForwardedFor: { trustedCIDRs: [10.0.0.0/8, 192.0.2.1] } }")},
                "trusted_forwarders: [10.0.0.0/8, 192.0.2.1/32]\n"},
        Example{
            "CertificatesOfListenersAtOnePort",
            {gateway("g",
                     "{ name: a, port: 443, protocol: HTTPS, hostname: a.example.com, tls: { certificateRefs: [{ "
                     "name: s }] } }, { name: b, port: 443, protocol: HTTPS, hostname: b.example.com, tls: { "
                     "certificateRefs: [{ name: s }, { name: t }] } }"),
             http_route("r", "name: g", "{ " + to_app + " }"),
             client_policy("p", "name: g", "tls: { minVersion: '1.3' }")},
            "certificates:\n- { certificate: tls/default/s/tls.crt, key: tls/default/s/tls.key }\n"
            "- { certificate: tls/default/t/tls.crt, key: tls/default/t/tls.key }\nmin_version: 1.3\nroute:\nhttp:\n"
            "- { host: a.example.com, backend: app }\n- { host: b.example.com, backend: app }\n"},
        Example{"ARouteOfAnotherNamespaceThatTheListenerLetsIn",
                {gateway("g",
                         "{ name: l, port: 1, protocol: TCP, allowedRoutes: { namespaces: { from: Selector, "
                         "selector: { matchLabels: { team: a } } } } }"),
                 object("", "Namespace", "other, labels: { team: a }", "spec: {}"),
                 tcp_route("r, namespace: other", "name: g, namespace: default")},
                "endpoints: [\"app.other.svc.cluster.local:9000\"]\n"},
        Example{"TheGatewayThatIsWanted",
                {gateway("g", tcp("l", 9000)), gateway("h", tcp("l", 9000)), tcp_route("r", "name: g"),
                 tcp_route("s", "name: h", "{ name: other, port: 1 }")},
                "route: { backend: other }\n",
                Options{.gateways = {"default/h"}}},
        Example{"OneBackendForTwoRoutes",
                {gateway("g", tcp("a", 9000) + ", " + tcp("b", 9001)), tcp_route("r", "name: g, sectionName: a"),
                 tcp_route("s", "name: g, sectionName: b")},
                "backends:\n# TCPRoute default/r, and no BackendTrafficPolicy sends a header: the backend sees this "
                "gateway's address\n# TCPRoute default/s, and no BackendTrafficPolicy sends a header: the backend sees "
                "this gateway's address\napp:\n"},
        Example{"TwoBackendsOfOneServiceByTheirPolicies",
                {gateway("g", tcp("a", 9000) + ", " + tcp("b", 9001)), tcp_route("r", "name: g, sectionName: a"),
                 tcp_route("s", "name: g, sectionName: b"),
                 backend_policy("p", "kind: TCPRoute, name: s", "proxyProtocol: { version: V2 }")},
                "app-9000:\nendpoints: [\"app.default.svc.cluster.local:9000\"]\nidentity: proxy-v2\n"}),
    name_of);

TEST(Translation, IsTheSameWhateverTheOrderOfObjects) {
  std::vector<std::string> objects{
      gateway("h", http("l", "port: 81")), gateway("g", http("l")), http_route("s", "name: h", "{ " + to_app + " }"),
      http_route("r", "name: g", "{ " + to_app + " }"), client_policy("p", "name: g", "proxyProtocol: {}")};
  const std::string text = import_of(objects).text;
  ASSERT_FALSE(text.empty());
  for (std::size_t turn = 1; turn < objects.size(); ++turn) {
    std::ranges::rotate(objects, objects.begin() + 1);
    EXPECT_EQ(import_of(objects).text, text);
  }
}

TEST(Translation, KeepsCommentsToTheirLines) {
  const auto result = import_of(
      {gateway("g", "{ name: \"l\\n  - name: x\\r\", port: 9000, protocol: TCP }"), tcp_route("r", "name: g")});
  EXPECT_THAT(result.text, HasSubstr("# Gateway default/g, listener l? - name: x?\n"));
  EXPECT_THAT(mistakes(result.text), IsEmpty());
}

}  // namespace
}  // namespace realpeer::importing
