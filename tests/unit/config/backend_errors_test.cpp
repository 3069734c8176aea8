// Every error of a backend, with its line and its text.
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using testing::ElementsAre;
using written::problems;
using written::with_backend;

// `lines`, indented by four, are lines 5 and on.
std::string with_endpoint(const std::string& lines) { return with_backend("    endpoints: ['10.0.0.7:80']\n" + lines); }

const std::string twice = ": remove one of the two; a larger share is a weight";

INSTANTIATE_TEST_SUITE_P(
    Backends, LoadRefuses,
    testing::Values(
        Refusal{"NoBackends", "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n",
                "1: error: 'backends' is missing: name at least one, as in backends: { web: { endpoints: "
                "['10.0.0.7:80'] } }"},
        Refusal{"AnEmptyMapOfBackends",
                "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\nbackends: {}\n",
                "2: error: 'backends' is empty: name at least one, as in backends: { web: { endpoints: ['10.0.0.7:80'] "
                "} }"},
        Refusal{"BackendsThatAreNoMap",
                "listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\nbackends: [b]\n",
                "2: error: backends:" + map_remedy},
        Refusal{"ABackendThatIsNoMap", with_backend("    10.0.0.7:80"), "3: error: backend 'b':" + map_remedy},
        Refusal{"ABackendTwice",
                with_backend("    endpoints: ['10.0.0.7:80']") + "  b: { endpoints: ['10.0.0.8:80'] }\n",
                "5: error: backend 'b' is written twice, first in line 3: remove one of the two"},
        Refusal{"ABackendWithoutEndpoints", with_backend("    identity: none"),
                "3: error: 'endpoints' is missing: list where the backend listens, as in endpoints: ['10.0.0.7:80']"},
        Refusal{"AnEmptyListOfEndpoints", with_backend("    endpoints: []"),
                "4: error: 'endpoints' is empty: list at least one 'HOST:PORT'"},
        Refusal{"EndpointsThatAreNoList", with_backend("    endpoints: 10.0.0.7:80"),
                "4: error: endpoints:" + list_remedy},
        Refusal{"AnEndpointWithoutPort", with_backend("    endpoints:\n    - 10.0.0.7:80\n    - web"),
                "6: error: endpoints: 'web' has no port: write 'web:PORT'"},
        Refusal{"AnEndpointThatIsNoAddress", with_backend("    endpoints: ['10.0.0.300:80']"),
                "4: error: endpoints: '10.0.0.300' in '10.0.0.300:80' is neither an IP address nor a host name: write "
                "one, as in '10.0.0.7:80' or 'web.internal:80'"},
        Refusal{
            "AnUnknownIdentity", with_endpoint("    identity: proxy-v3"),
            "5: error: identity: 'proxy-v3' is not known; did you mean 'proxy-v2'? choose one of proxy-v2, proxy-v1, "
            "peername, transparent, xff, none"},
        Refusal{"AnUnknownBackendKey", with_backend("    endpoint: ['10.0.0.7:80']"),
                "4: error: unknown key 'endpoint'; did you mean 'endpoints'?"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Endpoints, LoadRefuses,
    testing::Values(
        Refusal{"AnEndpointMapWithoutAddress", with_backend("    endpoints:\n    - weight: 2"),
                "5: error: 'address' is missing: say where it listens, as in address: '10.0.0.7:80'"},
        Refusal{"AnEndpointMapWithAnAddressThatIsNone", with_backend("    endpoints: [{ address: web }]"),
                "4: error: endpoints.address: 'web' has no port: write 'web:PORT'"},
        Refusal{"AnUnknownEndpointKey", with_backend("    endpoints:\n    - address: 10.0.0.7:80\n      wieght: 2"),
                "6: error: unknown key 'wieght'; did you mean 'weight'?"},
        Refusal{"AnEndpointWithoutShare", with_backend("    endpoints: [{ address: '10.0.0.7:80', weight: 0 }]"),
                "4: error: endpoints.weight: '0' is out of range: write 1 to 100"},
        Refusal{"AnEndpointWithTooLargeAShare",
                with_backend("    endpoints:\n    - address: 10.0.0.7:80\n      weight: 101"),
                "6: error: endpoints.weight: '101' is out of range: write 1 to 100"},
        Refusal{"AnEndpointThatTakesNoConnections",
                with_backend("    endpoints: [{ address: '10.0.0.7:80', max_connections: 0 }]"),
                "4: error: endpoints.max_connections: '0' is out of range: write 1 to 10000000"},
        Refusal{"ABackendThatTakesNoConnections", with_endpoint("    max_connections: 0"),
                "5: error: max_connections: '0' is out of range: write 1 to 10000000"},
        Refusal{"ABackendThatTakesTooManyConnections", with_endpoint("    max_connections: 10000001"),
                "5: error: max_connections: '10000001' is out of range: write 1 to 10000000"},
        Refusal{"AnEndpointThatIsAList", with_backend("    endpoints: [[10.0.0.7:80]]"),
                "4: error: endpoints: must be a single value, not a list"},
        Refusal{"AnEndpointWithoutValue", with_backend("    endpoints: [~]"),
                "4: error: endpoints: must be a single value, not nothing"},
        Refusal{"AnEndpointTwice", with_backend("    endpoints:\n    - 10.0.0.7:80\n    - { address: '10.0.0.7:80' }"),
                "6: error: endpoints: '10.0.0.7:80' is written twice, first in line 5" + twice},
        Refusal{"AnIPv6EndpointTwiceInDifferentSpelling",
                with_backend("    endpoints:\n    - '[2001:db8::1]:80'\n    - '[2001:DB8:0::1]:80'"),
                "6: error: endpoints: '[2001:DB8:0::1]:80' is written twice, first in line 5 as '[2001:db8::1]:80'" +
                    twice},
        Refusal{
            "AnEndpointAndItsMappedAddress",
            with_backend("    endpoints:\n    - 10.0.0.7:80\n    - '[::ffff:10.0.0.7]:80'"),
            "6: error: endpoints: '[::ffff:10.0.0.7]:80' is written twice, first in line 5 as '10.0.0.7:80'" + twice},
        Refusal{
            "AHostNameTwiceButForCase", with_backend("    endpoints:\n    - web.internal:80\n    - Web.internal:80"),
            "6: error: endpoints: 'Web.internal:80' is written twice, first in line 5 as 'web.internal:80'" + twice}),
    name_of);

TEST(LoadRefuses, EachMistakeOfAnEndpointMapInOneGo) {
  EXPECT_THAT(problems(with_backend("    endpoints: [{ address: web, weight: 0, max_connections: many }]")),
              ElementsAre("t.yaml:4: error: endpoints.address: 'web' has no port: write 'web:PORT'",
                          "t.yaml:4: error: endpoints.weight: '0' is out of range: write 1 to 100",
                          "t.yaml:4: error: endpoints.max_connections: 'many' is not a whole number: write digits "
                          "only"));
}

INSTANTIATE_TEST_SUITE_P(
    Choices, LoadRefuses,
    testing::Values(
        Refusal{"AnUnknownProfile", with_endpoint("    profile: ngnix\n    health: {}"),
                "5: error: profile: 'ngnix' is not known; did you mean 'nginx'? choose one of gitea, nginx, haproxy, "
                "envoy"},
        Refusal{"AProfileOfNothing", with_endpoint("    profile: none"),
                "5: error: profile: 'none' is not known: choose one of gitea, nginx, haproxy, envoy"},
        Refusal{"AnUnknownBalance", with_endpoint("    balance: round-robin"),
                "5: error: balance: 'round-robin' is not known; did you mean 'round_robin'? choose one of "
                "round_robin, least_connections, client_hash"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Health, LoadRefuses,
    testing::Values(
        Refusal{"HealthThatIsNoMap", with_endpoint("    health: on"), "5: error: health:" + map_remedy},
        Refusal{"HealthWithoutValue", with_endpoint("    health:"), "5: error: health:" + no_value},
        Refusal{"AnUnknownHealthKey", with_endpoint("    health: { intervall: 5s }"),
                "5: error: unknown key 'intervall'; did you mean 'interval'?"},
        Refusal{"AnIntervalTooShort", with_endpoint("    health:\n      interval: 9ms"),
                "6: error: health.interval: '9ms' is out of range: write 10ms to 1h"},
        Refusal{"AnIntervalTooLong", with_endpoint("    health: { interval: 61m }"),
                "5: error: health.interval: '61m' is out of range: write 10ms to 1h"},
        Refusal{"ACheckWithoutTime", with_endpoint("    health: { timeout: 0s }"),
                "5: error: health.timeout: '0s' is out of range: write 1ms to 5m"},
        Refusal{"ACheckWithTooMuchTime", with_endpoint("    health: { interval: 1h, timeout: 301s }"),
                "5: error: health.timeout: '301s' is out of range: write 1ms to 5m"},
        Refusal{"ARiseOfNothing", with_endpoint("    health: { rise: 0 }"),
                "5: error: health.rise: '0' is out of range: write 1 to 100"},
        Refusal{"AFallTooLarge", with_endpoint("    health: { fall: 101 }"),
                "5: error: health.fall: '101' is out of range: write 1 to 100"},
        Refusal{"AnUnknownHeaderOfChecks", with_endpoint("    health: { send_proxy: v2 }"),
                "5: error: health.send_proxy: 'v2' is not known: choose one of off, local"},
        Refusal{"AHeaderOfChecksToABackendThatGetsNone",
                with_endpoint("    identity: none\n    health:\n      send_proxy: local"),
                "7: error: health.send_proxy: local sends a header to backend 'b', which gets none (identity: none): "
                "remove it"},
        Refusal{"AHeaderOfChecksToGitea", with_endpoint("    profile: gitea\n    health: { send_proxy: local }"),
                "6: error: profile gitea refuses or misreads headers that name nobody: write health.send_proxy: off"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(Ejection, LoadRefuses,
                         testing::Values(Refusal{"EjectionThatIsNoMap", with_endpoint("    ejection: off"),
                                                 "5: error: ejection:" + map_remedy},
                                         Refusal{
                                             "TooManyFailures", with_endpoint("    ejection: { failures: 1001 }"),
                                             "5: error: ejection.failures: '1001' is out of range: write 0 to 1000"},
                                         Refusal{"ARestOfNothing", with_endpoint("    ejection: { duration: 0s }"),
                                                 "5: error: ejection.duration: '0s' is out of range: write 1ms to 1h"},
                                         Refusal{"ARestTooLong", with_endpoint("    ejection:\n      duration: 2h"),
                                                 "6: error: ejection.duration: '2h' is out of range: write 1ms to 1h"},
                                         Refusal{"AnUnknownEjectionKey", with_endpoint("    ejection: { time: 10s }"),
                                                 "5: error: unknown key 'time': the keys here are failures, duration"}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Tlvs, LoadRefuses,
    testing::Values(
        Refusal{"TlvsToSendThatAreNoList", with_endpoint("    send_tlvs: crc32c"),
                "5: error: send_tlvs:" + list_remedy},
        Refusal{
            "AnUnknownTlvToSend", with_endpoint("    send_tlvs:\n    - crc32c\n    - autority"),
            "7: error: send_tlvs: 'autority' is not known; did you mean 'authority'? choose one of authority, alpn, "
            "unique_id, crc32c"},
        Refusal{"AWordForTypesThatIsNone", with_endpoint("    pass_through_tlvs: al"),
                "5: error: pass_through_tlvs: 'al' is not known; did you mean 'all'? choose one of none, all, or list "
                "types, as in [ssl, 0xEA]"},
        Refusal{"ATypeWithoutList", with_endpoint("    pass_through_tlvs: ssl"),
                "5: error: pass_through_tlvs: 'ssl' is a type: write a list of types, as in [ssl, 0xEA]"},
        Refusal{"TypesThatAreAMap", with_endpoint("    pass_through_tlvs: { ssl: yes }"),
                "5: error: pass_through_tlvs:" + list_remedy},
        Refusal{"AllAsAType", with_endpoint("    pass_through_tlvs: [all]"),
                "5: error: pass_through_tlvs: 'all' is no type: write it without a list, as in pass_through_tlvs: all"},
        Refusal{"AnUnknownType", with_endpoint("    pass_through_tlvs:\n    - ssl\n    - tls"),
                "7: error: pass_through_tlvs: 'tls' is no type of TLV: write a registered name, as in 'ssl', or a "
                "number, as in '0xEA'"},
        Refusal{"ATypeBeyondAByte", with_endpoint("    pass_through_tlvs: [0x100]"),
                "5: error: pass_through_tlvs: '0x100' is no type of TLV: write a registered name, as in 'ssl', or a "
                "number, as in '0xEA'"},
        Refusal{"TheChecksumToPass", with_endpoint("    pass_through_tlvs: [crc32c]"),
                "5: error: pass_through_tlvs: 'crc32c' never passes, since the checksum is of the header it came in: "
                "write send_tlvs: [crc32c] for one of the header to this backend"},
        Refusal{"PaddingToPass", with_endpoint("    pass_through_tlvs: [0x04]"),
                "5: error: pass_through_tlvs: '0x04' is padding and never passes: remove it"},
        Refusal{"APartOfATypeToPass", with_endpoint("    pass_through_tlvs: [ssl_cn]"),
                "5: error: pass_through_tlvs: 'ssl_cn' stands inside the type ssl and passes with it: write ssl"},
        Refusal{"TlvsWithTheHeaderOfVersionOne", with_endpoint("    identity: proxy-v1\n    send_tlvs: [crc32c]"),
                "6: error: TLVs need identity: proxy-v2, and backend 'b' has proxy-v1: remove send_tlvs and "
                "pass_through_tlvs"},
        Refusal{"TlvsWithoutHeader", with_endpoint("    identity: none\n    pass_through_tlvs: all"),
                "6: error: TLVs need identity: proxy-v2, and backend 'b' has none: remove send_tlvs and "
                "pass_through_tlvs"},
        Refusal{"TlvsToGitea", with_endpoint("    profile: gitea\n    send_tlvs: []\n    pass_through_tlvs: [ssl]"),
                "7: error: profile gitea refuses headers with TLVs: remove send_tlvs and pass_through_tlvs"}),
    name_of);

TEST(LoadRefuses, ABackendNameThatIsNoName) {
  EXPECT_THAT(problems("listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b/c } }]\n"
                       "backends: { b/c: { endpoints: ['10.0.0.7:80'] } }\n"),
              ElementsAre("t.yaml:2: error: backend 'b/c'" + no_name));
}

TEST(LoadRefuses, ABackendWithTheNameOfAWordOfRoutes) {
  EXPECT_THAT(problems("listeners: [{ name: a, bind: '192.0.2.9:80', route: { sni: { a.example.com: b } } }]\n"
                       "backends:\n"
                       "  b: { endpoints: ['10.0.0.7:80'] }\n"
                       "  reject: { endpoints: ['10.0.0.8:80'] }\n"),
              ElementsAre("t.yaml:4: error: backend 'reject': in a route that word refuses the connection: choose "
                          "another name"));
}

TEST(LoadRefuses, ABackendWithoutValueOnceAndNotTheRoutesToIt) {
  EXPECT_THAT(problems("listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\n"
                       "backends:\n"
                       "  b:\n"
                       "  c: { endpoints: ['10.0.0.8:80'] }\n"),
              ElementsAre("t.yaml:3: error: backend 'b':" + no_value));
}

TEST(LoadRefuses, BackendsThatCannotBeReadOnceAndNotTheRoutesToThem) {
  EXPECT_THAT(problems("listeners: [{ name: a, bind: '192.0.2.9:80', route: { backend: b } }]\nbackend: {}\n"),
              ElementsAre("t.yaml:2: error: unknown key 'backend'; did you mean 'backends'?"));
}

}  // namespace
}  // namespace realpeer::config
