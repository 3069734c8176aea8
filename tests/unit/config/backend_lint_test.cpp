// Warnings of backends, each with and without what it warns of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/lint.h"
#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using written::problems;

// `listener` is what the listener has besides name, bind and route; `lines`, indented by four, are lines 6 and on.
std::string with(const std::string& route, const std::string& listener, const std::string& lines) {
  return "listeners:\n"
         "- { name: a, bind: '192.0.2.9:80', route: " +
         route + listener +
         " }\n"
         "backends:\n"
         "  b:\n"
         "    endpoints: ['10.0.0.7:80']\n" +
         lines + "\n";
}

constexpr const char* all_to_b = "{ backend: b }";
constexpr const char* by_name = "{ sni: { a.example.com: b } }";
constexpr const char* strict = ", accept_proxy: strict, trusted_cidrs: [10.0.0.1]";

std::vector<std::string> problems_of(const std::string& lines) { return problems(with(all_to_b, "", lines)); }

// --- identity ---

TEST(LintIdentity, WarnsOfABackendThatWillNotLearnTheClientAtTheSettingItself) {
  EXPECT_THAT(problems(with(all_to_b, strict, "    identity: none")),
              ElementsAre("t.yaml:6: warning: backend 'b' has identity: none behind listener 'a', which accepts "
                          "headers: it will see this gateway's address and not the client's: use proxy-v2 or proxy-v1 "
                          "if it can read them"));
}

TEST(LintIdentity, WarnsOfAPlaceForNamesThatNobodyIsTold) {
  EXPECT_THAT(problems(written::with_root("peername: { cgroup: /sys/fs/cgroup }")),
              ElementsAre("t.yaml:1: warning: peername is not used: no backend has identity: peername"));
}

TEST(LintIdentity, SaysNothingOfWhatNeedsNoHeader) {
  EXPECT_THAT(problems(with(all_to_b, strict, "    identity: peername")), IsEmpty());
  EXPECT_THAT(problems(with(all_to_b, strict, "    identity: transparent\n    health: {}")), IsEmpty());
}

TEST(LintIdentity, AllowsAPlainRelayToHaveNone) { EXPECT_THAT(problems_of("    identity: none"), IsEmpty()); }

TEST(LintIdentity, WarnsOfEachBackendThatARouteByNameMayChoose) {
  EXPECT_THAT(problems(with(
                  "{ sni: { a.example.com: b, '*.example.com': { alpn: { h2: c }, default: d } }, default: e }", strict,
                  "    identity: none\n"
                  "  c: { endpoints: ['10.0.0.8:80'], identity: none }\n"
                  "  d: { endpoints: ['10.0.0.9:80'], identity: none }\n"
                  "  e: { endpoints: ['10.0.0.10:80'], identity: none }")),
              ElementsAre(HasSubstr("t.yaml:6: warning: backend 'b'"), HasSubstr("t.yaml:7: warning: backend 'c'"),
                          HasSubstr("t.yaml:8: warning: backend 'd'"), HasSubstr("t.yaml:9: warning: backend 'e'")));
}

// --- profile ---

TEST(LintProfile, WarnsOfAReceiverOfHeadersThatGetsNone) {
  EXPECT_THAT(
      problems_of("    profile: gitea\n    identity: none"),
      ElementsAre("t.yaml:7: warning: backend 'b' has profile gitea, a receiver of headers, and identity: none: "
                  "where it expects one it will refuse every connection: use proxy-v2, or remove the profile"));
}

TEST(LintProfile, AllowsEitherVersionOfTheHeader) {
  EXPECT_THAT(problems_of("    profile: nginx\n    identity: proxy-v1"), IsEmpty());
  EXPECT_THAT(problems_of("    profile: nginx"), IsEmpty());
}

TEST(LintProfile, IsTheOnlyWarningOfItsIdentity) {
  EXPECT_THAT(problems(with(all_to_b, strict, "    profile: envoy\n    identity: none")),
              ElementsAre(HasSubstr("has profile envoy")));
}

// --- health ---

constexpr const char* without_header =
    "t.yaml:6: warning: health checks of backend 'b' come without a header: a receiver that demands one refuses them, "
    "or logs each: write send_proxy: local in health";

TEST(LintHealth, WarnsOfChecksWithoutHeaderWhereConnectionsHaveOne) {
  EXPECT_THAT(problems_of("    health: {}"), ElementsAre(without_header));
  EXPECT_THAT(problems_of("    health: {}\n    identity: proxy-v1"), ElementsAre(without_header));
}

TEST(LintHealth, WarnsOfChecksWithoutHeaderForAReceiverThatTakesOne) {
  EXPECT_THAT(problems_of("    health: { send_proxy: off }\n    profile: nginx"), ElementsAre(without_header));
}

TEST(LintHealth, AllowsChecksWithAHeader) { EXPECT_THAT(problems_of("    health: { send_proxy: local }"), IsEmpty()); }

TEST(LintHealth, AllowsChecksWithTheHeaderOfAProfile) {
  for (const std::string profile : {"nginx", "haproxy", "envoy"}) {
    EXPECT_THAT(problems_of("    health: {}\n    profile: " + profile), IsEmpty());
  }
}

TEST(LintHealth, AllowsChecksWithoutHeaderWhereConnectionsHaveNone) {
  EXPECT_THAT(problems_of("    health: {}\n    identity: none"), IsEmpty());
}

TEST(LintHealth, AllowsChecksWithoutHeaderOfAReceiverThatRefusesThem) {
  EXPECT_THAT(problems_of("    health: {}\n    profile: gitea"), IsEmpty());
}

TEST(LintHealth, WarnsOfATimeoutLongerThanTheInterval) {
  EXPECT_THAT(problems_of("    health:\n      interval: 1s\n      timeout: 1500ms\n      send_proxy: local"),
              ElementsAre("t.yaml:8: warning: health.timeout of backend 'b' is 1500ms, and no check takes longer than "
                          "the interval of 1s: write 1s or less, or a longer interval"));
}

TEST(LintHealth, AllowsATimeoutAsLongAsTheInterval) {
  EXPECT_THAT(problems_of("    health: { interval: 3s, timeout: 3s, send_proxy: local }"), IsEmpty());
}

TEST(LintHealth, AllowsAnIntervalShorterThanTheDefaultTimeout) {
  EXPECT_THAT(problems_of("    health: { interval: 100ms, send_proxy: local }"), IsEmpty());
}

// --- TLVs ---

constexpr const char* nobody_knows =
    "t.yaml:6: warning: send_tlvs of backend 'b' has authority or alpn, but no listener that leads to it reads a "
    "ClientHello (route: { sni: … }) or accepts headers: they will never be sent: remove them, or route by server name";

TEST(LintTlvs, WarnsOfANameThatNobodyKnows) {
  EXPECT_THAT(problems_of("    send_tlvs: [authority]"), ElementsAre(nobody_knows));
  EXPECT_THAT(problems_of("    send_tlvs: [crc32c, alpn]"), ElementsAre(nobody_knows));
}

TEST(LintTlvs, AllowsANameThatAClientHelloTells) {
  EXPECT_THAT(problems(with(by_name, "", "    send_tlvs: [authority, alpn]")), IsEmpty());
}

TEST(LintTlvs, AllowsANameThatAHeaderTells) {
  EXPECT_THAT(problems(with(all_to_b, strict, "    send_tlvs: [authority, alpn]")), IsEmpty());
}

TEST(LintTlvs, AllowsANameThatOneOfTheListenersKnows) {
  EXPECT_THAT(problems("listeners:\n"
                       "- { name: a, bind: '192.0.2.9:80', route: { backend: b } }\n"
                       "- { name: c, bind: '192.0.2.9:81', route: { sni: { a.example.com: b } } }\n"
                       "backends: { b: { endpoints: ['10.0.0.7:80'], send_tlvs: [authority] } }\n"),
              IsEmpty());
}

TEST(LintTlvs, WarnsOfANameThatOnlyAListenerToAnotherBackendKnows) {
  EXPECT_THAT(problems("listeners:\n"
                       "- { name: a, bind: '192.0.2.9:80', route: { backend: b } }\n"
                       "- { name: c, bind: '192.0.2.9:81', route: { sni: { a.example.com: c } } }\n"
                       "backends:\n"
                       "  b: { endpoints: ['10.0.0.7:80'], send_tlvs: [authority] }\n"
                       "  c: { endpoints: ['10.0.0.8:80'], send_tlvs: [authority] }\n"),
              ElementsAre(HasSubstr("t.yaml:5: warning: send_tlvs of backend 'b'")));
}

TEST(LintTlvs, AllowsWhatTheGatewayMakesItself) {
  EXPECT_THAT(problems_of("    send_tlvs: [unique_id, crc32c]"), IsEmpty());
}

constexpr const char* nothing_passes =
    "t.yaml:6: warning: pass_through_tlvs of backend 'b' passes nothing on: no listener that leads to it accepts "
    "headers: remove it, or set accept_proxy there";

TEST(LintTlvs, WarnsOfPassingOnWhatNobodySends) {
  EXPECT_THAT(problems_of("    pass_through_tlvs: all"), ElementsAre(nothing_passes));
  EXPECT_THAT(problems(with(by_name, "", "    pass_through_tlvs: [ssl]")), ElementsAre(nothing_passes));
}

TEST(LintTlvs, AllowsPassingOnWhatHeadersBring) {
  EXPECT_THAT(problems(with(all_to_b, strict, "    pass_through_tlvs: all")), IsEmpty());
}

TEST(LintTlvs, AllowsPassingNothingOn) {
  EXPECT_THAT(problems_of("    pass_through_tlvs: none"), IsEmpty());
  EXPECT_THAT(problems_of("    pass_through_tlvs: []\n    send_tlvs: []"), IsEmpty());
}

TEST(LintTlvs, SayNothingOfABackendThatNoListenerUses) {
  EXPECT_THAT(
      problems(with(all_to_b, "", "  c: { endpoints: ['10.0.0.8:80'], send_tlvs: [alpn], pass_through_tlvs: all }")),
      ElementsAre("t.yaml:6: warning: backend 'c' is used by no listener: route one to it or remove it"));
}

// --- use ---

TEST(LintUse, CountsEveryPartOfARoute) {
  EXPECT_THAT(
      problems(with("{ sni: { a.example.com: b, '*.example.com': { alpn: { h2: c }, default: d } }, default: e }", "",
                    "  c: { endpoints: ['10.0.0.8:80'] }\n"
                    "  d: { endpoints: ['10.0.0.9:80'] }\n"
                    "  e: { endpoints: ['10.0.0.10:80'] }")),
      IsEmpty());
}

TEST(LintUse, WarnsOfWhatARouteByNameLeavesOut) {
  EXPECT_THAT(
      problems(with("{ sni: { a.example.com: b }, default: reject }", "", "  c: { endpoints: ['10.0.0.8:80'] }")),
      ElementsAre("t.yaml:6: warning: backend 'c' is used by no listener: route one to it or remove it"));
}

TEST(LintUse, WarnsOfAListenerThatRefusesEveryConnection) {
  EXPECT_THAT(problems("listeners:\n"
                       "- { name: a, bind: '192.0.2.9:80', route: { backend: b } }\n"
                       "- { name: c, bind: '192.0.2.9:81', route: { sni: { a.example.com: reject } } }\n"
                       "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"),
              ElementsAre("t.yaml:3: warning: listener 'c' refuses every connection: its route leads to no backend: "
                          "name one, or remove the listener"));
}

TEST(LintMissing, WaitsUntilThereIsNoError) {
  const std::string missing = "    health: {}\n    send_tlvs: [alpn]\n  c: { endpoints: ['10.0.0.8:80'] }\n";
  EXPECT_THAT(problems(with(all_to_b, "", missing)), testing::SizeIs(3));
  EXPECT_THAT(problems(with(all_to_b, "", missing) + "node: /\n"), ElementsAre(HasSubstr("error: node: ")));
}

TEST(LintMissing, IsNotWhatAnErrorHid) {
  EXPECT_THAT(problems(with(all_to_b, "", "    profile: ngnix\n    health: {}")),
              ElementsAre(HasSubstr("error: profile: ")));
  EXPECT_THAT(problems(with("{ sni: ~ }", "", "")), ElementsAre(HasSubstr("error: route.sni: ")));
  EXPECT_THAT(problems(with(all_to_b, ", accept_proxy: strikt", "    pass_through_tlvs: all")),
              ElementsAre(HasSubstr("error: accept_proxy: ")));
}

}  // namespace
}  // namespace realpeer::config
