// Every form of a route, as values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/written.h"

namespace realpeer::config {
namespace {

using policy::Target;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

// `route`, indented by four, of the one listener; backends are b and c. There may be warnings.
policy::Route route_of(const std::string& route) {
  const Loaded result = load_text(
      "backends: { b: { endpoints: ['10.0.0.7:80'] }, c: { endpoints: ['10.0.0.8:80'] } }\n"
      "listeners:\n"
      "- name: a\n"
      "  bind: 192.0.2.9:80\n"
      "  route:\n" +
          route + "\n",
      "t.yaml");
  for (const Diagnostic& diagnostic : result.diagnostics) {
    if (diagnostic.severity == Severity::error) ADD_FAILURE() << diagnostic.to_string();
  }
  return result.config.listeners.at(0).route;
}

std::vector<std::pair<std::string, Target>> alpn_of(const policy::NameRoute& route) {
  std::vector<std::pair<std::string, Target>> found;
  for (const policy::AlpnRoute& alpn : route.alpn) found.emplace_back(alpn.protocol, alpn.target);
  return found;
}

TEST(LoadRoute, ToOneBackendReadsNoHello) {
  const policy::Route route = route_of("    backend: b");
  EXPECT_EQ(route.otherwise, "b");
  EXPECT_FALSE(route.reads_hello());
}

TEST(LoadRoute, ByServerName) {
  const policy::Route route = route_of("    sni:\n      git.example.com: b\n      '*.example.com': c");
  EXPECT_TRUE(route.reads_hello());
  EXPECT_THAT(route.names, ElementsAre(Key("*.example.com"), Key("git.example.com")));
  EXPECT_EQ(route.names.at("git.example.com").otherwise, "b");
  EXPECT_EQ(route.names.at("*.example.com").otherwise, "c");
  EXPECT_THAT(route.names.at("git.example.com").alpn, IsEmpty());
}

TEST(LoadRoute, RejectsWhatNoNameTakesByDefault) {
  EXPECT_EQ(route_of("    sni: { a.example.com: b }").otherwise, std::nullopt);
  EXPECT_EQ(route_of("    sni: { a.example.com: b }\n    default: reject").otherwise, std::nullopt);
}

TEST(LoadRoute, TakesWhatNoNameTakesToTheDefault) {
  EXPECT_EQ(route_of("    sni: { a.example.com: b }\n    default: c").otherwise, "c");
}

TEST(LoadRoute, RejectsAName) {
  const policy::Route route = route_of("    sni: { a.example.com: reject }\n    default: b");
  EXPECT_EQ(route.names.at("a.example.com").otherwise, std::nullopt);
}

TEST(LoadRoute, ByProtocolInTheOrderWritten) {
  const policy::Route route = route_of(
      "    sni:\n"
      "      '*.example.com':\n"
      "        alpn: { http/1.1: b, acme-tls/1: reject, h2: c }\n"
      "        default: b");
  const policy::NameRoute& name = route.names.at("*.example.com");
  EXPECT_THAT(alpn_of(name), ElementsAre(std::pair("http/1.1", Target("b")), std::pair("acme-tls/1", Target()),
                                         std::pair("h2", Target("c"))));
  EXPECT_EQ(name.otherwise, "b");
}

TEST(LoadRoute, RejectsOtherProtocolsByDefault) {
  const policy::Route route = route_of("    sni: { a.example.com: { alpn: { h2: b } } }\n    default: c");
  EXPECT_EQ(route.names.at("a.example.com").otherwise, std::nullopt);
}

TEST(LoadRoute, KeepsProtocolsThatYamlMightTakeForOtherThings) {
  const policy::Route route =
      route_of("    sni: { a.example.com: { alpn: { 1: b, true: c, 'h2 ': b, no: c, H2: b } } }");
  EXPECT_THAT(alpn_of(route.names.at("a.example.com")),
              ElementsAre(std::pair("1", Target("b")), std::pair("true", Target("c")), std::pair("h2 ", Target("b")),
                          std::pair("no", Target("c")), std::pair("H2", Target("b"))));
}

TEST(LoadRoute, KeepsServerNamesInLowerCase) {
  EXPECT_THAT(route_of("    sni: { Git.EXAMPLE.com: b, '*.Example.ORG': c }").names,
              ElementsAre(Key("*.example.org"), Key("git.example.com")));
}

TEST(LoadRoute, TakesEveryFormOfAServerName) {
  for (const std::string name :
       {"localhost", "*.com", "xn--bcher-kva.example", "_a.example.com", "10.example", "*.10.a"}) {
    EXPECT_THAT(route_of("    sni: { '" + name + "': b }").names, ElementsAre(Key(name)));
  }
}

TEST(LoadRoute, FollowsAnchors) {
  const policy::Route route =
      route_of("    sni:\n      a.example.com: &way { alpn: { h2: b }, default: c }\n      b.example.com: *way");
  EXPECT_EQ(route.names.at("b.example.com").otherwise, "c");
  EXPECT_EQ(alpn_of(route.names.at("b.example.com")), alpn_of(route.names.at("a.example.com")));
}

}  // namespace
}  // namespace realpeer::config
