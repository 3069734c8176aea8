// Every error of the loader, with its line and its text: documents, settings, listeners and trust. Backends, routes and
// included files have files of their own.
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using testing::ElementsAre;
using written::problems;
using written::with_listener;
using written::with_root;
using written::with_routed_listener;

TEST_P(LoadRefuses, WithLineAndRemedy) {
  EXPECT_THAT(problems(GetParam().text), ElementsAre("t.yaml:" + GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Documents, LoadRefuses,
    testing::Values(
        Refusal{"AnEmptyDocument", "",
                "1: error: the configuration is empty: it needs at least listeners and backends"},
        Refusal{"CommentsAlone", "# nothing\n",
                "1: error: the configuration is empty: it needs at least listeners and backends"},
        Refusal{"AListAtTheTop", "- a\n", "1: error: the configuration:" + map_remedy},
        Refusal{"TextAtTheTop", "listen on port 80\n", "1: error: the configuration:" + map_remedy},
        Refusal{"BrokenSyntax", "node: a\nlisteners: [\n",
                "3: error: not valid YAML: end of sequence flow not found: mend the syntax here"},
        Refusal{"TabsAsIndent", "listeners:\n\t- name: a\n",
                "2: error: not valid YAML: illegal block entry: mend the syntax here"},
        Refusal{"AnUnknownAnchor", "node: *nothing\n",
                "1: error: not valid YAML: the referenced anchor is not defined: mend the syntax here; what begins "
                "with '*' needs "
                "quotes, as in '*.example.com'"},
        Refusal{"ASecondDocument", with_root("") + "---\nnode: b\n",
                "4: error: stray text, or a second YAML document, begins here: keep one document, without '---'"},
        Refusal{"AStrayComma", "\n, node: a\n",
                "2: error: stray text, or a second YAML document, begins here: keep one document, without '---'"},
        Refusal{"AStrayBracketAtTheEnd", "{ node: a }\n}\n",
                "2: error: not valid YAML: illegal flow end: mend the syntax here"},
        Refusal{"NestingWithoutEnd", std::string(100'000, '['),
                "1: error: not valid YAML: bad file: mend the syntax here"},

        Refusal{"AMapAsAKey", with_root("{ a: b }: c"), "1: error: the configuration: a key must be a single word"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    TopLevel, LoadRefuses,
    testing::Values(
        Refusal{"AnUnknownKeyWithTheNearestOne", with_root("datapth: auto"),
                "1: error: unknown key 'datapth'; did you mean 'datapath'?"},
        Refusal{"AnUnknownKeyWithTheKnownOnes", with_root("worker_threads: 4"),
                "1: error: unknown key 'worker_threads': the keys here are node, datapath, splice_credit, include, "
                "admission, peername, listeners, backends, limits, timeouts, log, admin"},
        Refusal{"AMergeKey", with_root("<<: { node: b }"),
                "1: error: unknown key '<<': the keys here are node, datapath, splice_credit, include, admission, "
                "peername, "
                "listeners, backends, limits, timeouts, log, admin"},
        Refusal{"ARepeatedKey", with_root("node: a\nnode: b"),
                "2: error: key 'node' is written twice, first in line 1: remove one of the two"},
        Refusal{"ARepeatedSection", with_root("") + "backends: {}\n",
                "4: error: key 'backends' is written twice, first in line 3: remove one of the two"},
        Refusal{"AKeyWithoutValue", with_root("node:"), "1: error: node: has no value: give it one, or remove the key"},
        Refusal{"ANodeThatIsNoName", with_root("node: ../other"), "1: error: node: '../other'" + no_name},
        Refusal{"ANodeThatIsAList", with_root("node: [a]"), "1: error: node: must be a single value, not a list"},
        Refusal{"ANodeThatIsAMap", with_root("node: { a: b }"), "1: error: node: must be a single value, not a map"},
        Refusal{
            "AnUnknownDatapath", with_root("datapath: sokmap"),
            "1: error: datapath: 'sokmap' is not known; did you mean 'sockmap'? choose one of auto, sockmap, relay"},
        Refusal{"TheDatapathPacket", with_root("datapath: packet"),
                "1: error: datapath: 'packet' is not available in this version: choose one of auto, sockmap, relay"},
        Refusal{
            "ASpliceCreditWithAnotherUnit", with_root("splice_credit: 1MB"),
            "1: error: splice_credit: '1MB' is not a size: write whole bytes, or a whole number with KiB or MiB, as "
            "in '1MiB'"},
        Refusal{"ASpliceCreditTooSmall", with_root("splice_credit: 63KiB"),
                "1: error: splice_credit: '63KiB' is out of range: write 64KiB to 64MiB"},
        Refusal{"ASpliceCreditTooLarge", with_root("splice_credit: 67108865"),
                "1: error: splice_credit: '67108865' is out of range: write 64KiB to 64MiB"},
        Refusal{"TheKeyPacket", with_root("packet: { interfaces: [wt0] }"),
                "1: error: 'packet' is not available in this version: remove it"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Sections, LoadRefuses,
    testing::Values(
        Refusal{"LimitsThatAreNoMap", with_root("limits: 5"), "1: error: limits:" + map_remedy},
        Refusal{"NoConnections", with_root("limits: { connections: 0 }"),
                "1: error: limits.connections: '0' is out of range: write 1 to 10000000"},
        Refusal{"TooManyConnections", with_root("limits: { connections: 10000001 }"),
                "1: error: limits.connections: '10000001' is out of range: write 1 to 10000000"},
        Refusal{"ConnectionsInWords", with_root("limits:\n  connections: many"),
                "2: error: limits.connections: 'many' is not a whole number: write digits only"},
        Refusal{"ARateThatIsNone", with_root("limits: { per_client: { rate: 50 } }"),
                "1: error: limits.per_client.rate: '50' is not a rate: write a whole number for each s, m or h, as in "
                "'50/s'"},
        Refusal{"ARateOfNothing", with_root("limits: { per_client: { rate: 0/s } }"),
                "1: error: limits.per_client.rate: '0/s' is out of range: write 1/s to 1000000/s"},
        Refusal{"ABurstWithoutARate", with_root("limits: { per_client: { burst: 5 } }"),
                "1: error: limits.per_client: 'burst' is of a rate: add rate, as in rate: 50/s"},
        Refusal{"ADeniedClientThatIsNoNetwork", with_root("limits: { denied_clients: [someone] }"),
                "1: error: limits.denied_clients: 'someone' is not a network: write an address and a prefix length, as "
                "in '10.0.0.0/8'"},
        Refusal{"ATimeoutWithoutUnit", with_root("timeouts:\n  idle: 5"),
                "2: error: timeouts.idle: '5' has no unit: write '5s'"},
        Refusal{"ATimeoutThatIsNoDuration", with_root("timeouts: { connect: soon }"),
                "1: error: timeouts.connect: 'soon' is not a duration: write a whole number with ms, s, m or h, as in "
                "'5s'"},
        Refusal{"AConnectTimeoutOutOfRange", with_root("timeouts: { connect: 6m }"),
                "1: error: timeouts.connect: '6m' is out of range: write 1ms to 5m"},
        Refusal{"AnIdleTimeoutOutOfRange", with_root("timeouts: { idle: 0s }"),
                "1: error: timeouts.idle: '0s' is out of range: write 1ms to 720h"},
        Refusal{"AHalfClosedTimeoutOutOfRange", with_root("timeouts: { half_closed: 25h }"),
                "1: error: timeouts.half_closed: '25h' is out of range: write 1ms to 24h"},
        Refusal{"ADrainTimeoutOutOfRange", with_root("timeouts: { drain: 25h }"),
                "1: error: timeouts.drain: '25h' is out of range: write 0s to 24h"},
        Refusal{"AnUnknownTimeout", with_root("timeouts: { half_close: 5m }"),
                "1: error: unknown key 'half_close'; did you mean 'half_closed'?"},
        Refusal{"ARepeatedTimeout", with_root("timeouts: { idle: 5m, idle: 6m }"),
                "1: error: key 'idle' is written twice, first in line 1: remove one of the two"},
        Refusal{"AnUnknownLogLevel", with_root("log: { level: warning }"),
                "1: error: log.level: 'warning' is not known: choose one of trace, debug, info, warn, error"},
        Refusal{"AnUnknownLogFormat", with_root("log: { format: logfmt }"),
                "1: error: log.format: 'logfmt' is not known: choose one of text, json"},
        Refusal{"AnAccessLogThatIsNoPath", with_root("log: { access: stderr }"),
                "1: error: log.access: 'stderr' is no place for a log: write stdout, off, or a path with a '/', as in "
                "'/var/log/realpeer/access.log'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Listeners, LoadRefuses,
    testing::Values(
        Refusal{"NoListeners", "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n",
                "1: error: 'listeners' is missing: list at least one with name, bind and route"},
        Refusal{"AnEmptyListOfListeners", "backends: { b: { endpoints: ['10.0.0.7:80'] } }\nlisteners: []\n",
                "2: error: 'listeners' is empty: list at least one with name, bind and route"},
        Refusal{"ListenersThatAreNoList", "backends: { b: { endpoints: ['10.0.0.7:80'] } }\nlisteners: { a: b }\n",
                "2: error: listeners:" + list_remedy},
        Refusal{"AListenerThatIsNoMap", with_routed_listener("").append("- b\n"), "7: error: listener:" + map_remedy},
        Refusal{"AListenerWithoutName",
                "backends: { b: { endpoints: ['10.0.0.7:80'] } }\nlisteners:\n- { bind: '192.0.2.9:80', route: { "
                "backend: b } }\n",
                "3: error: 'name' is missing: give the listener a name of its own"},
        Refusal{"AListenerWithoutBind",
                "backends: { b: { endpoints: ['10.0.0.7:80'] } }\nlisteners:\n- { name: a, route: { backend: b } }\n",
                "3: error: 'bind' is missing: say where to listen, as in bind: '0.0.0.0:2222'"},
        Refusal{"AListenerWithoutRoute", with_listener(""),
                "3: error: 'route' is missing: say where connections go, as in route: { backend: NAME }"},
        Refusal{"AListenerNameTwice",
                with_routed_listener("") + "- { name: a, bind: '192.0.2.9:81', route: { backend: b } }\n",
                "7: error: listener name 'a' is taken by the listener at t.yaml:3: rename one of the two"},
        Refusal{"AListenerNameThatIsNoName",
                with_routed_listener("") + "- { name: a b, bind: '192.0.2.9:81', route: { backend: b } }\n",
                "7: error: name: 'a b'" + no_name},
        Refusal{"ABindWithoutPort",
                with_routed_listener("") + "- { name: c, bind: 192.0.2.9, route: { backend: b } }\n",
                "7: error: bind: '192.0.2.9' has no port: write '192.0.2.9:PORT'; '0.0.0.0:PORT' is every IPv4 address "
                "of this host, '[::]:PORT' IPv6 and IPv4"},
        Refusal{
            "ABindWithAName", with_routed_listener("") + "- { name: c, bind: 'localhost:80', route: { backend: b } }\n",
            "7: error: bind: 'localhost' in 'localhost:80' is not an IP address: names are not taken here, write one "
            "as in '192.0.2.1:80' or '[2001:db8::1]:80'; '0.0.0.0:PORT' is every IPv4 address of this host, "
            "'[::]:PORT' IPv6 and IPv4"},
        Refusal{"AnUnknownListenerKey", with_routed_listener("  header_timeouts: 5s"),
                "5: error: unknown key 'header_timeouts'; did you mean 'header_timeout'?"},
        Refusal{"AHeaderTimeoutOutOfRange", with_routed_listener("  header_timeout: 301s"),
                "5: error: header_timeout: '301s' is out of range: write 1ms to 5m"},
        Refusal{"AHeaderTimeoutOfNothing", with_routed_listener("  header_timeout: 0ms"),
                "5: error: header_timeout: '0ms' is out of range: write 1ms to 5m"},
        Refusal{"AMaxHeaderTooSmall", with_routed_listener("  max_header: 107"),
                "5: error: max_header: '107' is out of range: write 108 to 65551"},
        Refusal{"AMaxHeaderTooLarge", with_routed_listener("  max_header: 65552"),
                "5: error: max_header: '65552' is out of range: write 108 to 65551"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Trust, LoadRefuses,
    testing::Values(
        Refusal{
            "AnUnknownMode", with_routed_listener("  accept_proxy: strikt\n  trusted_cidrs: [10.0.0.0/8]"),
            "5: error: accept_proxy: 'strikt' is not known; did you mean 'strict'? choose one of off, strict, mixed, "
            "optional"},
        Refusal{"ABooleanMode", with_routed_listener("  accept_proxy: true\n  trusted_cidrs: [10.0.0.0/8]"),
                "5: error: accept_proxy: 'true' is not known: choose one of off, strict, mixed, optional"},
        Refusal{"AMisspeltMode", with_routed_listener("  acept_proxy: strict\n  trusted_cidrs: [10.0.0.0/8]"),
                "5: error: unknown key 'acept_proxy'; did you mean 'accept_proxy'?"},
        Refusal{"StrictWithoutTrustedNetworks", with_routed_listener("  accept_proxy: strict"),
                "5: error: accept_proxy: strict needs trusted_cidrs: list the gateways that send headers, as in "
                "trusted_cidrs: [10.100.0.9/32]"},
        Refusal{"MixedWithoutTrustedNetworks", with_routed_listener("  accept_proxy: mixed"),
                "5: error: accept_proxy: mixed needs trusted_cidrs: list the gateways that send headers, as in "
                "trusted_cidrs: [10.100.0.9/32]"},
        Refusal{"StrictWithAnEmptyListOfNetworks", with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: []"),
                "6: error: accept_proxy: strict needs trusted_cidrs: list the gateways that send headers, as in "
                "trusted_cidrs: [10.100.0.9/32]"},
        Refusal{"StrictWithoutAListOfNetworks", with_routed_listener("  accept_proxy: strict\n  trusted_cidrs:"),
                "6: error: trusted_cidrs: has no value: give it one, or remove the key"},
        Refusal{"TrustedNetworksThatAreNoList",
                with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: 10.0.0.0/8"),
                "6: error: trusted_cidrs:" + list_remedy},
        Refusal{"ANetworkWithHostBits",
                with_routed_listener("  accept_proxy: strict\n  trusted_cidrs:\n  - 10.0.0.0/8\n  - 10.0.0.1/8"),
                "8: error: trusted_cidrs: '10.0.0.1/8' has bits set beyond its prefix: write '10.0.0.0/8' for the "
                "network, or '10.0.0.1/32' for the one address"},
        Refusal{"ANetworkThatIsAName", with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [gateway]"),
                "6: error: trusted_cidrs: 'gateway' is not a network: write an address and a prefix length, as in "
                "'10.0.0.0/8'"},
        Refusal{"ANetworkWithoutAValue", with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [~]"),
                "6: error: trusted_cidrs: must be a single value, not nothing"}),
    name_of);

TEST(LoadRefuses, OptionalWithoutTrustedNetworks) {
  EXPECT_THAT(problems(with_routed_listener("  accept_proxy: optional")),
              testing::Contains("t.yaml:5: error: accept_proxy: optional needs trusted_cidrs: list the gateways that "
                                "send headers, as in trusted_cidrs: [10.100.0.9/32]"));
}

TEST(Diagnostics, AreAllReportedInTheOrderOfTheirLines) {
  EXPECT_THAT(problems("log: { level: loud }\n"
                       "backends: { b: { endpoints: ['10.0.0.7'] } }\n"
                       "listeners:\n"
                       "- name: a\n"
                       "  bind: 192.0.2.9:0\n"
                       "  route: { backend: c }\n"
                       "node: /\n"),
              ElementsAre(testing::StartsWith("t.yaml:1: error: log.level: 'loud'"),
                          testing::StartsWith("t.yaml:2: error: endpoints: '10.0.0.7'"),
                          testing::StartsWith("t.yaml:5: error: bind: '0'"),
                          testing::StartsWith("t.yaml:6: error: route.backend: there is no backend 'c'"),
                          testing::StartsWith("t.yaml:7: error: node: '/'")));
}

TEST(Diagnostics, StayOnOneLineWhateverTheyQuote) {
  EXPECT_THAT(problems(with_root("node: \"a\\nb\\e[2J\"")), ElementsAre("t.yaml:1: error: node: 'a?b?[2J'" + no_name));
}

}  // namespace
}  // namespace realpeer::config
