// What is reported, with its line and its text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "unit/import/composed.h"

namespace realpeer::importing {
namespace {

using namespace composed;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Case {
  const char* name;
  std::vector<std::string> objects;
  std::vector<std::string> report;  // all of it
};

inline void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }
std::string name_of(const ::testing::TestParamInfo<Case>& test) { return test.param.name; }

class Reports : public ::testing::TestWithParam<Case> {};

TEST_P(Reports, WithLineAndRemedy) {
  const Imported result = import_of(GetParam().objects);
  EXPECT_THAT(result.report, ElementsAreArray(GetParam().report));
  if (!result.text.empty()) {
    EXPECT_THAT(mistakes(result.text), IsEmpty()) << result.text;
  }
}

const std::string nobodys =
    " does not say whose headers are believed, so nobody's are, and every connection is refused: list the gateways in "
    "front in trusted_cidrs, or give --trusted_cidrs";
const std::string no_identity =
    " has no BackendTrafficPolicy with proxyProtocol: listener 'l' of Gateway 'g' learns the client, and the backend "
    "is "
    "not told; add one, or set identity to proxy-v2 if the backend reads headers";

// A Gateway and a route in lines 1 and 2, and what follows.
std::vector<std::string> with(const std::vector<std::string>& more) {
  std::vector<std::string> objects{gateway("g", tcp("l", 9000)), tcp_route("r", "name: g")};
  objects.insert(objects.end(), more.begin(), more.end());
  return objects;
}

std::vector<std::string> with_rule(const std::string& rule) {
  return {gateway("g", http("l")), http_route("r", "name: g", "{ " + to_app + " }"),
          http_route("s", "name: g", rule, "s.example.com")};
}

INSTANTIATE_TEST_SUITE_P(
    Targets, Reports,
    ::testing::Values(
        Case{"AGatewayThatIsNotThere",
             with({client_policy("p", "name: gg", "proxyProtocol: {}")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: no Gateway 'gg' in namespace 'default': did you mean "
              "'g'?"}},
        Case{"AGatewayOfAnotherNamespace",
             with({client_policy("p, namespace: other", "name: g", "proxyProtocol: {}")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: no Gateway 'g' in namespace 'other': there is one in "
              "namespace 'default', at m.yaml:1"}},
        Case{"AListenerThatIsNotThere",
             with({client_policy("p", "name: g, sectionName: x9", "proxyProtocol: {}")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: Gateway 'g' has no listener 'x9': there is l"}},
        Case{"AClientPolicyForARoute",
             with({envoy_gateway("ClientTrafficPolicy", "p", "targetRefs: [{ kind: TCPRoute, name: r }]")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: targetRefs of a ClientTrafficPolicy are of kind "
              "Gateway, and not 'TCPRoute'"}},
        Case{"ARouteThatIsNotThere",
             with({backend_policy("p", "kind: TCPRoute, name: route", "proxyProtocol: { version: V2 }")}),
             {"3: error: BackendTrafficPolicy 'p' is for nothing: no TCPRoute 'route' in namespace 'default': there is "
              "r"}},
        Case{"ARouteOfAnotherKind",
             with({backend_policy("p", "kind: TLSRoute, name: r", "proxyProtocol: { version: V2 }")}),
             {"3: error: BackendTrafficPolicy 'p' is for nothing: no TLSRoute 'r' in namespace 'default'"}},
        Case{"AService",
             with({backend_policy("p", "kind: Service, name: app", "proxyProtocol: { version: V2 }")}),
             {"3: error: BackendTrafficPolicy 'p' is for nothing: targetRefs of a BackendTrafficPolicy are of kind "
              "Gateway, HTTPRoute, TLSRoute, TCPRoute, and not 'Service'"}},
        Case{
            "AKindThatHasNoTranslation",
            with({backend_policy("p", "kind: UDPRoute, name: u", "proxyProtocol: { version: V2 }")}),
            {"3: warning: BackendTrafficPolicy 'p' is for a UDPRoute, which has no translation: it is left out there"}},
        Case{"NoTargets",
             with({envoy_gateway("ClientTrafficPolicy", "p", "proxyProtocol: {}")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: name what it is for in targetRefs"}},
        Case{"ASelectorThatMatchesNothing",
             with({envoy_gateway("ClientTrafficPolicy", "p",
                                 "targetSelectors: [{ kind: Gateway, matchLabels: { a: b } }], proxyProtocol: {}")}),
             {"3: error: ClientTrafficPolicy 'p' is for nothing: no Gateway that it may reach has the labels of this "
              "selector"}},
        Case{"AParentThatIsNotThere",
             with({tcp_route("s", "name: gate")}),
             {"3: error: TCPRoute 's' attaches to nothing here: no Gateway 'gate' in namespace 'default': there is g"}},
        Case{"AListenerOfAParentThatIsNotThere",
             with({tcp_route("s", "name: g, sectionName: ll")}),
             {"3: error: TCPRoute 's' attaches to nothing here: Gateway 'g' has no listener 'll': did you mean 'l'?"}},
        Case{"AParentOfAnotherProtocol",
             with({http_route("s", "name: g", "{ " + to_app + " }")}),
             {"3: warning: HTTPRoute 's' attaches to nothing here: listener 'l' takes TCPRoutes, and no HTTPRoute"}},
        Case{"AParentThatDoesNotLetOtherNamespacesIn",
             with({tcp_route("s, namespace: other", "name: g, namespace: default")}),
             {"3: warning: TCPRoute 's' attaches to nothing here: listener 'l' does not allow routes of namespace "
              "'other' (allowedRoutes.namespaces)"}},
        Case{
            "HostnamesThatTheListenerDoesNotLetIn",
            {gateway("g", http("l", "port: 80, hostname: '*.example.com'")),
             http_route("r", "name: g", "{ " + to_app + " }"),
             http_route("s", "name: g", "{ " + to_app + " }", "example.org")},
            {"3: warning: HTTPRoute 's' attaches to nothing here: listener 'l' is for '*.example.com', and for none of "
             "the route's hostnames"}},
        Case{"ABackendThatIsNotThere",
             {gateway("g", tcp("l", 9000)),
              tcp_route("r", "name: g",
                        "{ group: gateway.envoyproxy.io, kind: Backend, name: b }, { name: a, port: 1 "
                        "}")},
             {"2: error: backendRefs: no Backend 'b' in namespace 'default': give the file that has it"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Conflicts, Reports,
    ::testing::Values(
        Case{"TwoPoliciesForOneGateway",
             with({client_policy("a", "name: g", ""), client_policy("b", "name: g", "proxyProtocol: {}")}),
             {"4: error: Gateway 'g' has ClientTrafficPolicy 'a' already, at m.yaml:3, which goes before: "
              "ClientTrafficPolicy 'b' does nothing there; remove one of the two"}},
        Case{"TwoPoliciesForOneRoute",
             with({backend_policy("b", "kind: TCPRoute, name: r", "proxyProtocol: { version: V1 }"),
                   backend_policy("a", "kind: TCPRoute, name: r", "proxyProtocol: { version: V2 }")}),
             {"3: error: TCPRoute 'r' has BackendTrafficPolicy 'a' already, at m.yaml:4, which goes before: "
              "BackendTrafficPolicy 'b' does nothing there; remove one of the two"}},
        Case{"ASectionThatForgetsTheHeader",
             with({client_policy("a", "name: g", "proxyProtocol: {}"),
                   client_policy("b", "name: g, sectionName: l", "")}),
             {"4: warning: ClientTrafficPolicy 'b' takes the place of ClientTrafficPolicy 'a' at m.yaml:3 for listener "
              "'l', and says nothing of proxyProtocol: no header is read there"}},
        Case{"TheSameObjectTwice",
             with({gateway("g", tcp("l", 9001))}),
             {"3: error: Gateway 'g' of namespace 'default' is there already, at m.yaml:1: this one is left out; give "
              "one of the two"}}),
    name_of);

// Gateways g and h of the merged class in lines 3 and 4, a route for both in line 5.
std::vector<std::string> two_gateways(const std::vector<std::string>& more) {
  auto objects = merged();
  objects.push_back(gateway("g", http("l", "port: 80, hostname: g.example.com")));
  objects.push_back(gateway("h", http("m", "port: 80, hostname: h.example.com")));
  objects.push_back(
      gateway_api("HTTPRoute", "r", "parentRefs: [{ name: g }, { name: h }], rules: [{ " + to_app + " }]"));
  objects.insert(objects.end(), more.begin(), more.end());
  return objects;
}

TEST(MergedPort, IsOneListenerForAllItsGateways) {
  const Imported result = import_of(two_gateways({}));
  EXPECT_THAT(result.report, IsEmpty());
  EXPECT_THAT(result.text, HasSubstr("- { host: g.example.com, backend: app }\n        - { host: h.example.com,"));
}

TEST(MergedPort, ReportsAPolicyThatOneOfTheTwoDoesNotHave) {
  const Imported result =
      import_of(two_gateways({client_policy("p", "name: h", "proxyProtocol: { optional: false }")}));
  ASSERT_FALSE(result.report.empty());
  EXPECT_EQ(
      result.report.front(),
      "6: error: conflict at port 80: listener 'm' of Gateway 'h' demands headers (ClientTrafficPolicy 'p' at "
      "m.yaml:6), and listener 'l' of Gateway 'g' reads no header (no ClientTrafficPolicy), at m.yaml:3: a header "
      "comes first, before anything tells the two apart; let both say the same, or give one another port");
  EXPECT_THAT(result.text, HasSubstr("accept_proxy: mixed\n    trusted_cidrs: [0.0.0.0/32]\n"));
}

TEST(MergedPort, ReportsPoliciesThatContradictEachOther) {
  const Imported result = import_of(two_gateways({client_policy("p", "name: g", "proxyProtocol: {}"),
                                                  client_policy("q", "name: h", "proxyProtocol: { optional: true }")}));
  ASSERT_FALSE(result.report.empty());
  EXPECT_THAT(
      result.report.back(),
      StartsWith("7: warning: ClientTrafficPolicy 'q' does not say whose headers are believed, so nobody's are"));
  EXPECT_THAT(result.report, ::testing::Contains(StartsWith(
                                 "7: error: conflict at port 80: listener 'm' of Gateway 'h' takes headers where they "
                                 "come (ClientTrafficPolicy 'q' at m.yaml:7), and listener 'l' of Gateway 'g' demands "
                                 "headers (ClientTrafficPolicy 'p' at m.yaml:6), at m.yaml:3: ")));
}

TEST(MergedPort, ReportsPoliciesOfSectionsOfOneGateway) {
  const Imported result = import_of({gateway("g", http("a", "port: 80, hostname: a.example.com") + ", " +
                                                      http("b", "port: 80, hostname: b.example.com")),
                                     http_route("r", "name: g", "{ " + to_app + " }"),
                                     client_policy("p", "name: g, sectionName: b", "enableProxyProtocol: true")});
  ASSERT_FALSE(result.report.empty());
  EXPECT_THAT(result.report.front(), StartsWith("3: error: conflict at port 80: listener 'b' of Gateway 'g' demands "));
}

// Such listeners exclude each other in any case; the policies are told of all the same.
TEST(MergedPort, ReportsPoliciesOfListenersThatExcludeEachOther) {
  auto objects = merged();
  objects.push_back(gateway("g", tcp("l", 2222)));
  objects.push_back(gateway("h", tcp("m", 2222)));
  objects.push_back(tcp_route("r", "name: g"));
  objects.push_back(tcp_route("s", "name: h"));
  objects.push_back(client_policy("p", "name: h", "proxyProtocol: {}"));
  const Imported result = import_of(objects);
  ASSERT_EQ(result.report.size(), 2U);
  EXPECT_EQ(result.report[0],
            "4: error: conflict at port 2222: listener 'm' of Gateway 'h' and listener 'l' of Gateway 'g' at m.yaml:3 "
            "cannot be told apart: the second is left out; give it another port");
  EXPECT_THAT(result.report[1], StartsWith("7: error: conflict at port 2222: listener 'm' of Gateway 'h' demands "));
  EXPECT_THAT(result.text, HasSubstr("accept_proxy: off\n")) << "the listener that stays has no policy";
}

INSTANTIATE_TEST_SUITE_P(
    Ports, Reports,
    ::testing::Values(
        Case{"TwoKindsAtOnePort",
             {gateway("g", tcp("l", 80) + ", " + http("m")), tcp_route("r", "name: g"),
              http_route("s", "name: g", "{ " + to_app + " }")},
             {"1: error: conflict at port 80: listener 'm' of Gateway 'g' and listener 'l' of Gateway 'g' at m.yaml:1 "
              "are of two kinds, HTTP and TCP: the second is left out; give it another port"}},
        Case{"OneHostTwice",
             {gateway("g", http("l", "port: 80, hostname: A.example.com")),
              gateway("h", http("m", "port: 80, hostname: a.example.com")),
              http_route("r", "name: g", "{ " + to_app + " }")},
             {"2: error: conflict at port 80: listener 'm' of Gateway 'h' and listener 'l' of Gateway 'g' at m.yaml:1 "
              "are both for 'a.example.com': the second is left out; each Gateway has an address of its own in the "
              "cluster: import them apart, with --gateway and --bind_address"}},
        Case{"GatewaysThatAreNotMerged",
             {gateway("g", http("l", "port: 80, hostname: a.example.com")),
              gateway("h", http("m", "port: 80, hostname: b.example.com")),
              http_route("r", "name: g", "{ " + to_app + " }")},
             {"2: warning: listener 'm' of Gateway 'h' and listener 'l' of Gateway 'g' at m.yaml:1 have addresses of "
              "their own in the cluster (no mergeGateways): here one listener serves both; --gateway imports one of "
              "them"}},
        Case{"AListenerWithoutRoutes",
             {gateway("g", tcp("l", 9000) + ", " + tcp("m", 9001)), tcp_route("r", "name: g, sectionName: l")},
             {"1: warning: listener 'm' of Gateway 'g' leads nowhere: port 9001 is left out"}},
        Case{
            "TLSWithoutCertificate",
            {gateway("g", "{ name: l, port: 443, protocol: HTTPS }"), http_route("r", "name: g", "{ " + to_app + " }")},
            {"1: error: listener 'l' of Gateway 'g' ends TLS and has no certificate: it is left out; name one in "
             "tls.certificateRefs"}},
        Case{"TLSThatEndsInFrontOfAStream",
             {gateway("g", tcp("l", 1) + ", { name: m, port: 2, protocol: TLS, tls: { mode: Terminate } }"),
              tcp_route("r", "name: g, sectionName: l"), tcp_route("s", "name: g, sectionName: m")},
             {"1: warning: spec.listeners.protocol: TLS that ends here, and is no HTTP behind it, has no translation: "
              "the listener is "
              "left out; it can be passed on (mode: Passthrough)"}},
        Case{"UDP",
             {gateway("g", tcp("l", 1) + ", { name: m, port: 2, protocol: UDP }"), tcp_route("r", "name: g")},
             {"1: warning: spec.listeners.protocol: 'UDP' has no translation: the listener is left out"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Trust, Reports,
    ::testing::Values(
        Case{"NobodyToTrust",
             with({client_policy("p", "name: g", "proxyProtocol: {}"),
                   backend_policy("q", "kind: TCPRoute, name: r", "proxyProtocol: { version: V2 }")}),
             {"3: warning: ClientTrafficPolicy 'p'" + nobodys}},
        Case{"ARouteThatForgetsTheClient",
             with({client_policy("p", "name: g", "proxyProtocol: {}")}),
             {"2: warning: TCPRoute 'r'" + no_identity, "3: warning: ClientTrafficPolicy 'p'" + nobodys}},
        Case{"ClientCertificates",
             {gateway("g",
                      "{ name: l, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: s }] } }, " + http("m")),
              http_route("r", "name: g", "{ " + to_app + " }"),
              client_policy("p", "name: g", "tls: { clientValidation: { caCertificateRefs: [{ name: ca }] } }")},
             {"3: error: spec.tls.clientValidation asks clients for certificates, which realpeer does not: to leave it "
              "out would let everybody in, so the listeners it is for are left out: pass their TLS on to a server that "
              "asks (TLSRoute)"}},
        Case{"ASecurityPolicy",
             with({envoy_gateway("SecurityPolicy", "p", "")}),
             {"3: error: SecurityPolicy 'p' has no translation, and what it guards would stand open: guard it "
              "elsewhere, and take it out of the files"}},
        Case{"TrustedHops",
             with({client_policy("p", "name: g", "clientIPDetection: { xForwardedFor: { numTrustedHops: 1 } }")}),
             {"3: warning: spec.clientIPDetection.xForwardedFor.numTrustedHops: X-Forwarded-For is believed of "
              "networks, and not by the number of hops: it is left out, and the field is not believed; list the "
              "proxies in trusted_forwarders"}},
        Case{"ABackendOfAnotherNamespace",
             {gateway("g", tcp("l", 1)), tcp_route("r", "name: g",
                                                   "{ name: a, namespace: other, port: 1 }, { name: b, "
                                                   "port: 2 }")},
             {"2: warning: backendRefs: Service 'a' is of namespace 'other', and no ReferenceGrant of these files "
              "permits that: it is left out"}},
        Case{"ABackendThatAGrantPermits",
             {gateway("g", tcp("l", 1)), tcp_route("r", "name: g", "{ name: a, namespace: other, port: 1 }"),
              gateway_api("ReferenceGrant", "grant, namespace: other",
                          "from: [{ group: gateway.networking.k8s.io, kind: TCPRoute, namespace: default }], to: [{ "
                          "group: '', kind: Service }]")},
             {}}),
    name_of);

const std::string left_out_match = ": the match is left out";

INSTANTIATE_TEST_SUITE_P(
    Requests, Reports,
    ::testing::Values(
        Case{"AnExactPath",
             with_rule("{ matches: [{ path: { type: Exact, value: /login } }], " + to_app + " }"),
             {"3: warning: spec.rules.matches.path: Exact '/login' would take more than it says, since realpeer routes "
              "by prefix: the match is left out"}},
        Case{
            "AHeader",
            with_rule("{ matches: [{ headers: [{ name: a, value: b }] }, { path: { value: /b } }], " + to_app +
                      " }, { " + to_app + " }"),
            {"3: warning: spec.rules.matches.headers: realpeer routes by host and path alone, and the match would take "
             "more than it says: the match is left out"}},
        Case{"APathThatNoRequestHas",
             with_rule("{ matches: [{ path: { value: /a/../b } }], " + to_app + " }"),
             {"3: warning: spec.rules.matches.path: '/a/../b' can be the path of no request: the match is left out"}},
        Case{"ARewrite",
             with_rule("{ filters: [{ type: URLRewrite }], " + to_app + " }"),
             {"3: warning: spec.rules.filters: URLRewrite has no translation, and without it the rule would do "
              "something else: the rule is left out"}},
        Case{"AHeaderOfTheResponse",
             with_rule("{ filters: [{ type: ResponseHeaderModifier }], " + to_app + " }"),
             {"3: warning: spec.rules.filters: ResponseHeaderModifier has no translation: the rule is taken over "
              "without it"}},
        Case{"ARedirectElsewhere",
             with_rule("{ filters: [{ type: RequestRedirect, requestRedirect: { hostname: example.org } }] }"),
             {"3: warning: spec.rules.filters: RequestRedirect has no translation, and without it the rule would do "
              "something else: the rule is left out"}},
        Case{"ATimeoutWithoutEnd",
             with_rule("{ timeouts: { request: 0s }, " + to_app + " }"),
             {"3: warning: spec.rules.timeouts.request: there is no endless timeout: timeouts.response holds"}},
        Case{"ARetry",
             with_rule("{ retry: { attempts: 3 }, " + to_app + " }"),
             {"3: warning: spec.rules.retry: has no translation, and is left out"}},
        Case{"ARuleWithoutBackends",
             with_rule("{ matches: [{ path: { value: /a } }] }, { " + to_app + " }"),
             {"3: warning: the rule of HTTPRoute 's' leads nowhere, and is left out"}},
        Case{"TheSameRuleTwice",
             with_rule("{ " + to_app + " }, { backendRefs: [{ name: other, port: 1 }] }"),
             {"3: warning: the rule of HTTPRoute 's' comes second for host 's.example.com' with path '/': it is left "
              "out "
              "there"}},
        Case{
            "AHostWithoutARuleForAllItsPaths",
            with_rule("{ matches: [{ path: { value: /a } }], " + to_app + " }"),
            {"1: warning: requests for 's.example.com' at port 80 that no rule of it takes fall to the rules for every "
             "host, and were 404 before: give the host a rule for path '/'"}},
        Case{"ABackendThatWantsTLS",
             {gateway("g", http("l")),
              http_route("r", "name: g", "{ backendRefs: [{ name: app, port: 1 }, { name: b, port: 2 }] }"),
              gateway_api("BackendTLSPolicy", "p", "targetRefs: [{ kind: Service, name: app }]")},
             {"2: warning: backendRefs: Service 'app' wants TLS (BackendTLSPolicy), and requests go on in plain HTTP: "
              "it "
              "is left out"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Others, Reports,
    ::testing::Values(Case{"ASettingWithoutTranslation",
                           with({backend_policy("p", "kind: TCPRoute, name: r", "rateLimit: { type: Global }")}),
                           {"3: warning: spec.rateLimit: has no translation, and is left out"}},
                      Case{"AKindWithoutTranslation",
                           with({gateway_api("UDPRoute", "u", ""), object("", "ConfigMap", "c", "data: {}")}),
                           {"3: warning: UDPRoute 'u' has no translation, and is left out"}},
                      Case{"ASecondRouteAtAPort",
                           with({tcp_route("s", "name: g")}),
                           {"3: warning: TCPRoute 's' comes second at listener 'l' of Gateway 'g', which has one "
                            "route: it is left out "
                            "there"}},
                      Case{"APortThatIsNone",
                           {gateway("g", tcp("l", 70000))},
                           {"1: error: spec.listeners.port: '70000' is no number from 1 to 65535"}},
                      Case{"AListWhereAMapShouldBe",
                           with({gateway_api("Gateway", "h", "listeners: {}")}),
                           {"3: error: spec.listeners: must be a list"}},
                      Case{"AServiceWithoutThePort",
                           {gateway("g", tcp("l", 1)),
                            tcp_route("r", "name: g", "{ name: app, port: 5 }, { name: b, port: 1 }"),
                            object("", "Service", "app", "spec: { ports: [{ port: 6 }] }")},
                           {"2: warning: backendRefs: Service 'app' at m.yaml:3 has no port 5: it is left out"}}),
    name_of);

struct Syntax {
  const char* text;
  std::vector<std::string> report;
};

TEST(Documents, ThatCannotBeReadAreReportedByTheirLine) {
  const Syntax examples[] = {
      {"a: [\n",
       {"2: error: not valid YAML: end of sequence flow not found: mend the syntax here; nothing of this file "
        "is translated"}},
      {"\n, a: b\n",
       {"2: error: not valid YAML: stray text: mend the syntax here; nothing of this file is translated"}},
      {"---\n---\nname: x\n", {"3: error: the document has no kind, and is no manifest: give manifests only"}},
      {"- a\n",
       {"1: error: the manifest: must be a map",
        "1: error: the document has no kind, and is no manifest: give manifests only"}},
      // A List that has itself for an item.
      {"kind: List\nitems: &x [{ kind: List, items: *x }]\n", {}},
      {"", {}},
      {"# nothing\n---\n", {}},
  };
  for (const auto& [text, report] : examples) EXPECT_THAT(imported(text).report, ElementsAreArray(report)) << text;
}

}  // namespace
}  // namespace realpeer::importing
