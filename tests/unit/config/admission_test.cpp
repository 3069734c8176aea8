// What may come in: `admission`, the ceilings and the bans. Values, errors and warnings.
#include "unit/config/refusals.h"

namespace realpeer::config {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using written::problems;
using written::with_root;
using written::with_routed_listener;

constexpr const char* on_eth0 = "admission: { interfaces: [eth0] }\n";

Config loaded(const std::string& text) {
  const auto result = load_text(text, "t.yaml");
  for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << diagnostic.to_string();
  return result.config;
}

TEST(Admission, IsOffByDefault) { EXPECT_FALSE(loaded(with_root("")).admission.enabled()); }

TEST(Admission, IsReadAsItStands) {
  const auto admission =
      loaded(with_root(
                 "admission: { interfaces: [wt0, eth0.7], mode: tc, denied_cidrs: [192.0.2.0/24, '2001:db8::/32'] }"))
          .admission;
  EXPECT_THAT(admission.interfaces, ElementsAre("wt0", "eth0.7"));
  EXPECT_EQ(admission.mode, AdmissionMode::tc);
  ASSERT_EQ(admission.denied_cidrs.size(), 2U);
  EXPECT_EQ(admission.denied_cidrs[1].to_string(), "2001:db8::/32");
}

TEST(Admission, TakesTheBestModeByItself) {
  EXPECT_EQ(loaded(with_root(on_eth0)).admission.mode, AdmissionMode::automatic);
}

TEST(Admission, MeasuresTheSynsOfASource) {
  const auto rate = loaded(with_root(on_eth0 + std::string("limits: { per_source_syn: { rate: 200/s, burst: 400 } }")))
                        .limits.per_source_syn;
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->interval(), std::chrono::milliseconds(5));
  EXPECT_EQ(rate->burst, 400U);
}

TEST(Admission, BansWhoeverKeepsExceeding) {
  EXPECT_EQ(
      loaded(with_root(on_eth0 + std::string("limits: { per_client: { rate: 5/s, ban: 10m } }"))).limits.per_client.ban,
      minutes(10));
}

TEST(Admission, DropsForStrictListeners) {
  const auto config = loaded(on_eth0 + with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]\n"
                                                            "  untrusted: drop\n  max_connections: 50"));
  EXPECT_EQ(config.listeners.at(0).untrusted, Untrusted::drop);
  EXPECT_EQ(config.listeners.at(0).max_connections, 50U);
}

INSTANTIATE_TEST_SUITE_P(
    Admission, LoadRefuses,
    testing::Values(
        Refusal{"NoInterfaces", with_root("admission: { mode: tc }"),
                "1: error: 'interfaces' is missing: list where clients come in, as in interfaces: [eth0, wt0]"},
        Refusal{"AnEmptyListOfInterfaces", with_root("admission: { interfaces: [] }"),
                "1: error: admission.interfaces is empty: list where clients come in, or remove 'admission'"},
        Refusal{"AnInterfaceTwice", with_root("admission: { interfaces: [eth0, eth0] }"),
                "1: error: admission.interfaces has 'eth0' twice: remove one"},
        Refusal{"AnInterfaceWithASlash", with_root("admission: { interfaces: [eth/0] }"),
                "1: error: admission.interfaces: 'eth/0' is no name of an interface: write it as `ip link` shows it"},
        Refusal{"AnInterfaceThatIsTooLong", with_root("admission: { interfaces: [sixteen-letters-] }"),
                "1: error: admission.interfaces: 'sixteen-letters-' is too long for the name of an interface: at most "
                "15 characters"},
        Refusal{"AnUnknownMode", with_root("admission: { interfaces: [eth0], mode: fast }"),
                "1: error: admission.mode: 'fast' is not known: choose one of auto, native, generic, tc"},
        Refusal{"ADeniedNetworkThatIsNone", with_root("admission: { interfaces: [eth0], denied_cidrs: [all] }"),
                "1: error: admission.denied_cidrs: 'all' is not a network: write an address and a prefix length, as in "
                "'10.0.0.0/8'"},
        Refusal{"ASynRateWithoutARate", with_root(on_eth0 + std::string("limits:\n  per_source_syn: {}")),
                "3: error: 'rate' is missing: as in rate: 200/s"},
        Refusal{"ASynRateWithoutAdmission", with_root("limits: { per_source_syn: { rate: 50/s } }"),
                "1: error: limits.per_source_syn is enforced by admission, and there is none: add admission: { "
                "interfaces: [eth0] } with the interfaces clients come in by"},
        Refusal{"ABanWithoutAdmission", with_root("limits: { per_client: { concurrent: 5, ban: 10m } }"),
                "1: error: limits.per_client.ban is enforced by admission, and there is none: add admission: { "
                "interfaces: [eth0] } with the interfaces clients come in by"},
        Refusal{
            "ABanWithoutALimit", with_root(on_eth0 + std::string("limits: { per_client: { ban: 10m } }")),
            "2: error: limits.per_client: 'ban' is for clients that keep exceeding a limit: add rate or concurrent"},
        Refusal{"ABanOfAMoment", with_root(on_eth0 + std::string("limits: { per_client: { rate: 5/s, ban: 5ms } }")),
                "2: error: limits.per_client.ban: '5ms' is out of range: write 1s to 720h"},
        Refusal{"DroppingWithoutAdmission",
                with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]\n  untrusted: drop"),
                "7: error: untrusted: drop is enforced by admission, and there is none: add admission: { interfaces: "
                "[eth0] } with the interfaces clients come in by"},
        Refusal{"DroppingWhereAnybodyMayCome",
                on_eth0 + with_routed_listener("  accept_proxy: mixed\n  trusted_cidrs: [10.0.0.9]\n  untrusted: drop"),
                "8: error: untrusted: drop is for accept_proxy: strict, and listener 'a' has mixed, which takes "
                "connections from anybody: remove it, or write accept_proxy: strict"},
        Refusal{"AnUnknownWordForTheUntrusted",
                with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]\n  untrusted: reject"),
                "7: error: untrusted: 'reject' is not known: choose one of refuse, drop"},
        Refusal{"ACeilingOfNothing", with_routed_listener("  max_connections: 0"),
                "5: error: max_connections: '0' is out of range: write 1 to 10000000"}),
    name_of);

TEST(AdmissionLint, WarnsOfGatewaysThatAreDenied) {
  EXPECT_THAT(
      problems("admission: { interfaces: [eth0], denied_cidrs: [10.0.0.0/8] }\n" +
               with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]")),
      ElementsAre("t.yaml:1: warning: admission.denied_cidrs has 10.0.0.0/8, which meets 10.0.0.9/32 in "
                  "trusted_cidrs of listener 'a': denied goes first, so gateways there are dropped: take it out "
                  "of one of the two"));
}

TEST(AdmissionLint, WarnsOfBansThatHitNobody) {
  EXPECT_THAT(
      problems("admission: { interfaces: [eth0] }\nlimits: { per_client: { rate: 5/s, ban: 10m } }\n" +
               with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]")),
      ElementsAre("t.yaml:2: warning: limits.per_client.ban bans nobody: every listener is strict, so every client is "
                  "behind a gateway, and a ban by address would be the gateway's: remove it"));
}

TEST(AdmissionLint, SaysNothingOfNetworksThatDoNotMeet) {
  EXPECT_THAT(problems("admission: { interfaces: [eth0], denied_cidrs: [192.0.2.0/24, '::/0'] }\n" +
                       with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [10.0.0.9]")),
              IsEmpty());
}

}  // namespace
}  // namespace realpeer::config
