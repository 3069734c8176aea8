#include "config/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using written::problems;
using written::with_backend;
using written::with_routed_listener;

TEST(Lint, WarnsOfTrustInAllOfIPv4) {
  EXPECT_THAT(problems(with_routed_listener("  accept_proxy: strict\n  trusted_cidrs: [0.0.0.0/0]")),
              ElementsAre("t.yaml:6: warning: trusted_cidrs has 0.0.0.0/0: anybody can claim to be any client: list "
                          "only the gateways that send headers"));
}

TEST(Lint, WarnsOfTrustInAllOfIPv6AtItsOwnLine) {
  EXPECT_THAT(problems(with_routed_listener("  accept_proxy: mixed\n  trusted_cidrs:\n  - 10.0.0.0/8\n  - ::/0")),
              ElementsAre("t.yaml:8: warning: trusted_cidrs has ::/0: anybody can claim to be any client: list only "
                          "the gateways that send headers"));
}

TEST(Lint, WarnsOfOptionalAndSaysWhy) {
  EXPECT_THAT(problems(with_routed_listener("  accept_proxy: optional\n  trusted_cidrs: [10.0.0.0/8]")),
              ElementsAre("t.yaml:5: warning: accept_proxy: optional: if a trusted gateway forgets its header, its "
                          "client can write one and be whoever it likes: use strict, or mixed for direct clients on "
                          "the same port"));
}

TEST(Lint, WarnsOfTrustedNetworksThatNothingUses) {
  EXPECT_THAT(problems(with_routed_listener("  accept_proxy: off\n  trusted_cidrs: [10.0.0.0/8]")),
              ElementsAre("t.yaml:6: warning: trusted_cidrs is not used with accept_proxy: off: remove it, or choose "
                          "strict, mixed or optional"));
}

TEST(Lint, WarnsOfABackendNoListenerUses) {
  EXPECT_THAT(problems(with_backend("    endpoints: ['10.0.0.7:80']") + "  c: { endpoints: ['10.0.0.8:80'] }\n"),
              ElementsAre("t.yaml:5: warning: backend 'c' is used by no listener: route one to it or remove it"));
}

TEST(Lint, SaysNothingOfUnusedBackendsWhenARouteCannotBeRead) {
  EXPECT_THAT(problems("listeners: [{ name: a, bind: '192.0.2.9:80', route: b }]\n"
                       "backends: { b: { endpoints: ['10.0.0.7:80'] } }\n"),
              ElementsAre(testing::HasSubstr("error: route: must be a map")));
}

// Two listeners, on lines 3 and 4.
std::vector<std::string> problems_of_binds(const std::string& first, const std::string& second) {
  return problems("backends: { b: { endpoints: ['10.0.0.7:80'] } }\nlisteners:\n- { name: a, bind: '" + first +
                  "', route: { backend: b } }\n- { name: c, bind: '" + second + "', route: { backend: b } }\n");
}

TEST(Lint, RefusesOneBindTwiceAndNamesBothPlaces) {
  EXPECT_THAT(problems_of_binds("192.0.2.9:80", "192.0.2.9:80"),
              ElementsAre("t.yaml:4: error: bind 192.0.2.9:80 of listener 'c' overlaps 192.0.2.9:80 of listener 'a' at "
                          "t.yaml:3: give one of them another port or address"));
}

struct Binds {
  const char* name;
  const char* first;
  const char* second;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Binds& shown, std::ostream* out) { *out << shown.name; }

class OverlappingBinds : public testing::TestWithParam<Binds> {};
TEST_P(OverlappingBinds, AreRefusedInEitherOrder) {
  const Binds& binds = GetParam();
  EXPECT_THAT(problems_of_binds(binds.first, binds.second), ElementsAre(testing::HasSubstr(" overlaps ")));
  EXPECT_THAT(problems_of_binds(binds.second, binds.first), ElementsAre(testing::HasSubstr(" overlaps ")));
}

INSTANTIATE_TEST_SUITE_P(Pairs, OverlappingBinds,
                         testing::Values(Binds{"TheIPv4WildcardAndAnIPv4Address", "0.0.0.0:80", "192.0.2.9:80"},
                                         Binds{"TheIPv6WildcardAndAnIPv6Address", "[::]:80", "[2001:db8::1]:80"},
                                         Binds{"TheIPv6WildcardAndAnIPv4Address", "[::]:80", "192.0.2.9:80"},
                                         Binds{"BothWildcards", "[::]:80", "0.0.0.0:80"},
                                         Binds{"AMappedAddressAndTheIPv4One", "[::ffff:192.0.2.9]:80", "192.0.2.9:80"},
                                         Binds{"AMappedAddressAndTheIPv4Wildcard", "[::ffff:192.0.2.9]:80",
                                               "0.0.0.0:80"}),
                         [](const auto& test) { return test.param.name; });

class SeparateBinds : public testing::TestWithParam<Binds> {};
TEST_P(SeparateBinds, AreTaken) { EXPECT_THAT(problems_of_binds(GetParam().first, GetParam().second), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(Pairs, SeparateBinds,
                         testing::Values(Binds{"TwoPorts", "0.0.0.0:80", "0.0.0.0:81"},
                                         Binds{"TwoAddresses", "192.0.2.9:80", "192.0.2.10:80"},
                                         Binds{"TheIPv4WildcardAndAnIPv6Address", "0.0.0.0:80", "[2001:db8::1]:80"},
                                         Binds{"TwoIPv6Addresses", "[2001:db8::1]:80", "[2001:db8::2]:80"}),
                         [](const auto& test) { return test.param.name; });

struct Loop {
  const char* name;
  const char* bind;
  const char* endpoint;
};

// The name stands for the case where GoogleTest would print the bytes.
void PrintTo(const Loop& shown, std::ostream* out) { *out << shown.name; }

std::vector<std::string> problems_of_loop(const Loop& loop) {
  return problems("listeners: [{ name: a, bind: '" + std::string(loop.bind) +
                  "', route: { backend: b } }]\nbackends:\n  b:\n    endpoints:\n    - '" + loop.endpoint + "'\n");
}

TEST(Lint, WarnsOfAnEndpointThatIsTheListenerItself) {
  EXPECT_THAT(problems_of_loop({"", "192.0.2.9:80", "192.0.2.9:80"}),
              ElementsAre("t.yaml:5: warning: endpoint '192.0.2.9:80' of backend 'b' is this gateway's own listener "
                          "'a': connections may go in a circle: name the backend's own address"));
}

class Loops : public testing::TestWithParam<Loop> {};
TEST_P(Loops, AreWarnedOf) {
  EXPECT_THAT(problems_of_loop(GetParam()), ElementsAre(testing::HasSubstr("this gateway's own listener 'a'")));
}

INSTANTIATE_TEST_SUITE_P(Pairs, Loops,
                         testing::Values(Loop{"LoopbackBehindTheWildcard", "0.0.0.0:80", "127.0.0.1:80"},
                                         Loop{"LoopbackBehindTheDualStackWildcard", "[::]:80", "127.0.0.1:80"},
                                         Loop{"IPv6LoopbackBehindTheWildcard", "[::]:80", "[::1]:80"},
                                         Loop{"LocalhostByName", "127.0.0.1:80", "localhost:80"},
                                         Loop{"LocalhostByNameForIPv6", "[::1]:80", "LocalHost.:80"},
                                         Loop{"TheWildcardItself", "0.0.0.0:80", "0.0.0.0:80"},
                                         Loop{"TheIPv6WildcardItself", "[::]:80", "[::]:80"},
                                         Loop{"AMappedEndpoint", "192.0.2.9:80", "[::ffff:192.0.2.9]:80"}),
                         [](const auto& test) { return test.param.name; });

class NoLoops : public testing::TestWithParam<Loop> {};
TEST_P(NoLoops, AreNotWarnedOf) { EXPECT_THAT(problems_of_loop(GetParam()), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(Pairs, NoLoops,
                         testing::Values(Loop{"AnotherPort", "0.0.0.0:80", "127.0.0.1:81"},
                                         Loop{"AnotherHostBehindTheWildcard", "0.0.0.0:80", "10.0.0.7:80"},
                                         Loop{"AnotherLoopbackAddress", "127.0.0.1:80", "127.0.0.2:80"},
                                         Loop{"AName", "0.0.0.0:80", "web.internal:80"}),
                         [](const auto& test) { return test.param.name; });

TEST(Lint, WorksOnValuesThatComeFromNoFile) {
  Config config;
  Backend backend;
  backend.name = "b";
  backend.endpoints = {{"192.0.2.9", 80}};
  backend.identity = Identity::none;
  config.backends = {backend};
  Listener listener;
  listener.name = "a";
  listener.bind = *net::parse_endpoint("192.0.2.9:80");
  listener.trust = {policy::AcceptProxy::optional, {*net::Cidr::parse("::/0")}};
  listener.route.otherwise = "b";
  config.listeners = {listener, listener};
  EXPECT_EQ(lint(config).size(), 8U);  // twice: optional, everybody, no identity; once: overlap, loop
}

}  // namespace
}  // namespace realpeer::config
