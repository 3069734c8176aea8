// Every error of a route, with its line and its text.
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using testing::ElementsAre;
using written::problems;
using written::with_listener;

// `route`, indented by four, are lines 7 and on, all of them right but for what a test is about; backends are b and c.
std::string with_route(const std::string& route) {
  return "backends:\n"
         "  b: { endpoints: ['10.0.0.7:80'] }\n"
         "  c: { endpoints: ['10.0.0.8:80'] }\n"
         "listeners:\n"
         "- { name: d, bind: '192.0.2.9:81', route: { backend: c } }\n"
         "- { name: a, bind: '192.0.2.9:80', route: {\n" +
         route + " } }\n";
}

const std::string known = "the known ones are b, c";
const std::string not_a_name =
    " is not a server name: write a host name, as in 'git.example.com', or '*.example.com' for all below";
const std::string an_address =
    " is an address, and no client asks for one by SNI: write a host name, or default: NAME beside sni";

INSTANTIATE_TEST_SUITE_P(
    Routes, LoadRefuses,
    testing::Values(
        Refusal{"ARouteThatIsNoMap", with_listener("  route: b"), "5: error: route:" + map_remedy},
        Refusal{"ARouteToNowhere", with_listener("  route: {}"),
                "5: error: 'backend' is missing: name one of the backends, as in route: { backend: NAME }, or route by "
                "server name with sni, or by request with http"},
        Refusal{"ARouteToAnUnknownBackend", with_listener("  route: { backend: nope }"),
                "5: error: route.backend: there is no backend 'nope': the known ones are b"},
        Refusal{"AnUnknownRouteKey", with_listener("  route: { bakend: b }"),
                "5: error: unknown key 'bakend'; did you mean 'backend'?"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    KindsOfRoutes, LoadRefuses,
    testing::Values(
        Refusal{
            "ABackendBesideServerNames", with_route("    sni: { a.example.com: b },\n    backend: c"),
            "8: error: route.backend: takes every connection and cannot stand beside 'sni': write default: NAME for "
            "what no server name takes"},
        Refusal{"ABackendBesideADefault", with_route("    backend: b,\n    default: c"),
                "8: error: route.default: is for what no server name of 'sni' or rule of 'http' takes, and 'backend' "
                "takes every connection: remove one of the two"},
        Refusal{
            "ADefaultWithoutServerNames", with_route("    default: b"),
            "7: error: route.default: is for what no server name of 'sni' or rule of 'http' takes: add sni: { NAME: "
            "BACKEND } or http: [{ host: NAME, backend: BACKEND }], or write backend: NAME"},
        Refusal{"ADefaultWithoutValue", with_route("    sni: { a.example.com: b },\n    default: ~"),
                "8: error: route.default:" + no_value},
        Refusal{"ADefaultThatIsAMap", with_route("    sni: { a.example.com: b },\n    default: { backend: b }"),
                "8: error: route.default: must be a single value, not a map"},
        Refusal{"AMisspeltSni", with_route("    snl: { a.example.com: b },\n    default: b"),
                "7: error: unknown key 'snl'; did you mean 'sni'?"},
        Refusal{"ABackendBesideRules", with_route("    backend: c,\n    http: [{ backend: b }],\n    default: b"),
                "7: error: route.backend: takes every connection and cannot stand beside 'http': write default: NAME "
                "for what no rule takes"},
        Refusal{"RulesBesideServerNames", with_route("    http: [{ backend: b }],\n    sni: { a.example.com: c }"),
                "7: error: route.http: reads requests and cannot stand beside 'sni', which passes TLS on unread: give "
                "one of the two a listener of its own"},
        Refusal{"ABackendThatIsAList", with_route("    backend: [b]"),
                "7: error: route.backend: must be a single value, not a list"},
        Refusal{"RejectAsTheBackend", with_route("    backend: reject"),
                "7: error: route.backend: there is no backend 'reject': " + known},
        Refusal{"AMisspeltBackend", with_listener("  route: { backend: bb }"),
                "5: error: route.backend: there is no backend 'bb'; did you mean 'b'?"},
        Refusal{"AMisspeltReject", with_route("    sni: { a.example.com: b },\n    default: rejct"),
                "8: error: route.default: there is no backend 'rejct'; did you mean 'reject'?"},
        Refusal{"ADefaultThatIsUnknown", with_route("    sni: { a.example.com: b },\n    default: nope"),
                "8: error: route.default: there is no backend 'nope': " + known + ", or 'reject'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ServerNames, LoadRefuses,
    testing::Values(
        Refusal{"SniWithoutValue", with_route("    sni: ~"), "7: error: route.sni:" + no_value},
        Refusal{"SniThatIsEmpty", with_route("    sni: {}, default: b"),
                "7: error: route.sni: is empty: map server names to backends, or write backend: NAME instead of sni"},
        Refusal{"SniThatIsAList", with_route("    sni: [a.example.com]"), "7: error: route.sni:" + map_remedy},
        Refusal{"AServerNameWithoutBackend", with_route("    sni: { a.example.com: ~ }"),
                "7: error: route.sni 'a.example.com':" + no_value},
        Refusal{"AServerNameWithAList", with_route("    sni: { a.example.com: [b] }"),
                "7: error: route.sni 'a.example.com': must be a single value, not a list"},
        Refusal{"AServerNameToAnUnknownBackend", with_route("    sni: {\n    a.example.com: nope }"),
                "8: error: route.sni 'a.example.com': there is no backend 'nope': " + known + ", or 'reject'"},
        Refusal{"AServerNameTwice", with_route("    sni: {\n    a.example.com: b,\n    a.example.com: c }"),
                "9: error: server name 'a.example.com' is written twice, first in line 8: remove one of the two"},
        Refusal{"AServerNameTwiceButForCase", with_route("    sni: {\n    a.example.com: b,\n    A.Example.com: c }"),
                "9: error: server name 'A.Example.com' is written twice, first in line 8 as 'a.example.com': letters "
                "count without case: remove one of the two"},
        Refusal{"EveryName", with_route("    sni: { '*': b }"),
                "7: error: server name '*' is every name: write default: NAME beside sni for those"},
        Refusal{"ADefaultAmongTheNames", with_route("    sni: {\n    a.example.com: b,\n    default: c }"),
                "9: error: server name 'default' is no server name: write it beside sni, for every other name"},
        Refusal{"AWildcardInTheMiddle", with_route("    sni: { 'a.*.example.com': b }"),
                "7: error: server name 'a.*.example.com'" + not_a_name},
        Refusal{"AWildcardOfPartOfALabel", with_route("    sni: { '*a.example.com': b }"),
                "7: error: server name '*a.example.com'" + not_a_name},
        Refusal{"AWildcardOfAWildcard", with_route("    sni: { '*.*.example.com': b }"),
                "7: error: server name '*.*.example.com'" + not_a_name},
        Refusal{"AWildcardOfNothing", with_route("    sni: { '*.': b }"), "7: error: server name '*.'" + not_a_name},
        Refusal{
            "AWildcardWithoutQuotes", with_route("    sni: { *.example.com: b }"),
            "7: error: not valid YAML: the referenced anchor is not defined: mend the syntax here; what begins with "
            "'*' needs quotes, as in '*.example.com'"},
        Refusal{"AnEmptyName", with_route("    sni: { '': b }"), "7: error: server name ''" + not_a_name},
        Refusal{"AnEmptyLabel", with_route("    sni: { a..example.com: b }"),
                "7: error: server name 'a..example.com'" + not_a_name},
        Refusal{"ANameWithAPort", with_route("    sni: { 'a.example.com:443': b }"),
                "7: error: server name 'a.example.com:443'" + not_a_name},
        Refusal{"ANameThatIsTooLong", with_route("    sni: { " + std::string(254, 'a') + ": b }"),
                "7: error: server name '" + std::string(254, 'a') + "'" + not_a_name},
        Refusal{"ANameWithADotAtItsEnd", with_route("    sni: { '*.example.com.': b }"),
                "7: error: server name '*.example.com.' ends with a dot, which counts for nothing: write "
                "'*.example.com'"},
        Refusal{"ANameThatIsNotAscii",
                with_route("    sni: { b\xc3\xbc"
                           "cher.example: b }"),
                "7: error: server name 'b\xc3\xbc"
                "cher.example' is not ASCII: write its A-label, as in "
                "'xn--bcher-kva.example'"},
        Refusal{"AnIPv4Address", with_route("    sni: { 192.0.2.1: b }"),
                "7: error: server name '192.0.2.1'" + an_address},
        Refusal{"AnIPv6Address", with_route("    sni: { '2001:db8::1': b }"),
                "7: error: server name '2001:db8::1'" + an_address}),
    name_of);

TEST(LoadRefuses, ABadServerNameAndWhatItLeadsToInOneGo) {
  EXPECT_THAT(problems(with_route("    sni: { 'a.*.example.com': nope }")),
              ElementsAre("t.yaml:7: error: server name 'a.*.example.com'" + not_a_name,
                          "t.yaml:7: error: route.sni 'a.*.example.com': there is no backend 'nope': " + known +
                              ", or 'reject'"));
}

// `entry`, indented by four, are lines 8 and on.
std::string with_name_route(const std::string& entry) {
  return with_route("    sni: { '*.example.com': {\n" + entry + " } }");
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, LoadRefuses,
    testing::Values(
        Refusal{"ANameRouteWithoutProtocols", with_name_route("    default: b"),
                "7: error: 'alpn' is missing: map protocols to backends, or write the backend's name alone"},
        Refusal{"ANameRouteWithABackend", with_name_route("    alpn: { h2: b },\n    backend: c"),
                "9: error: unknown key 'backend': the keys here are alpn, default"},
        Refusal{"ProtocolsWithoutValue", with_name_route("    alpn: ~"),
                "8: error: route.sni '*.example.com' alpn:" + no_value},
        Refusal{"ProtocolsThatAreEmpty", with_name_route("    alpn: {}"),
                "8: error: route.sni '*.example.com' alpn: is empty: list protocols, or remove it"},
        Refusal{"ProtocolsThatAreAList", with_name_route("    alpn: [h2]"),
                "8: error: route.sni '*.example.com' alpn:" + map_remedy},
        Refusal{"AProtocolWithoutBackend", with_name_route("    alpn: { h2: ~ }"),
                "8: error: route.sni '*.example.com' alpn 'h2':" + no_value},
        Refusal{"AProtocolToAnUnknownBackend", with_name_route("    alpn: {\n    h2: b,\n    http/1.1: nope }"),
                "10: error: route.sni '*.example.com' alpn 'http/1.1': there is no backend 'nope': " + known +
                    ", or 'reject'"},
        Refusal{"ANameDefaultToAnUnknownBackend", with_name_route("    alpn: { h2: b },\n    default: nope"),
                "9: error: route.sni '*.example.com' default: there is no backend 'nope': " + known + ", or 'reject'"},
        Refusal{"AProtocolTwice", with_name_route("    alpn: {\n    h2: b,\n    h2: c }"),
                "10: error: protocol 'h2' is written twice, first in line 9: remove one of the two"},
        Refusal{"ADefaultAmongTheProtocols", with_name_route("    alpn: { h2: b, default: c }"),
                "8: error: protocol 'default' is no protocol: write it beside alpn, for every other protocol"},
        Refusal{"AnEmptyProtocol", with_name_route("    alpn: { '': b }"),
                "8: error: protocol '' must be 1 to 255 bytes, as in ALPN: 'h2', 'http/1.1'"},
        Refusal{"AProtocolThatIsTooLong", with_name_route("    alpn: { ? " + std::string(256, 'h') + " : b }"),
                "8: error: protocol '" + std::string(256, 'h') +
                    "' must be 1 to 255 bytes, as in ALPN: 'h2', "
                    "'http/1.1'"}),
    name_of);

}  // namespace
}  // namespace realpeer::config
