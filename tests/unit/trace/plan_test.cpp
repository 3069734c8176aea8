// What the tracer says, and what it reads in an answer.
#include "trace/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace realpeer::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

net::Endpoint at(const std::string& text) { return *net::parse_endpoint(text); }

Hop hop(ListenerFacts listener, std::vector<std::string> endpoints = {}) {
  listener.backends = {"next"};
  return {.name = "hop",
          .daemon = Daemon{.node = "hop",
                           .listeners = {std::move(listener)},
                           .backends = {{.name = "next", .identity = "proxy-v2", .endpoints = std::move(endpoints)}}}};
}

const Hop kBytes = hop({.name = "ssh", .bind = at("0.0.0.0:22"), .routes = "all"}, {"10.0.0.2:2222"});
const Hop kByName =
    hop({.name = "https", .bind = at("0.0.0.0:443"), .routes = "server_names", .names = {"*.example.com"}},
        {"10.0.0.2:443"});
const Hop kEndsTls =
    hop({.name = "https", .bind = at("10.0.0.2:443"), .routes = "requests", .names = {"git.example.com"}, .tls = true});
const Hop kPlainHttp = hop({.name = "http", .bind = at("10.0.0.2:2222"), .routes = "requests"});

TEST(Plan, SaysNothingWhereNobodyWantsToHearAnything) {
  const std::vector hops{kBytes};
  EXPECT_EQ(plan(hops, "192.0.2.1", 22).speech, Speech::none);
  EXPECT_EQ(plan({}, "192.0.2.1", 22).speech, Speech::none);
}

TEST(Plan, AsksForANameThatTheRouteKnows) {
  const std::vector hops{kByName};
  EXPECT_EQ(plan(hops, "192.0.2.1", 443).speech, Speech::tls);
  EXPECT_EQ(plan(hops, "192.0.2.1", 443).name, "trace.example.com");
  EXPECT_EQ(plan(hops, "git.example.com", 443).name, "git.example.com");
  EXPECT_EQ(plan(hops, "192.0.2.1", 444).speech, Speech::none) << "no listener there";
}

TEST(Plan, LooksAlongTheWholeChain) {
  EXPECT_EQ(plan(std::vector{kByName, kEndsTls}, "192.0.2.1", 443).speech, Speech::https);
  EXPECT_EQ(plan(std::vector{kBytes, kPlainHttp}, "192.0.2.1", 22).speech, Speech::http);
  EXPECT_EQ(plan(std::vector{kBytes, kEndsTls}, "192.0.2.1", 22).speech, Speech::none) << "another port";
}

TEST(Plan, GoesOnBehindAGapWhereAllListenersWantTheSame) {
  EXPECT_EQ(plan(std::vector{Hop{.name = "gap"}, kEndsTls}, "192.0.2.1", 443).speech, Speech::https);
  EXPECT_EQ(plan(std::vector{Hop{.name = "gap"}, kByName}, "192.0.2.1", 8443).speech, Speech::tls);
  Hop mixed = kByName;
  mixed.daemon->listeners.push_back(kPlainHttp.daemon->listeners.front());
  EXPECT_EQ(plan(std::vector{Hop{.name = "gap"}, mixed}, "192.0.2.1", 443).speech, Speech::none);
}

// Its own listener for requests decides, whatever else listens where its backends are.
TEST(Plan, EndsWhereRequestsAreRead) {
  Hop first = kPlainHttp;
  first.daemon->backends.front().endpoints = {"10.0.0.2:443"};
  EXPECT_EQ(plan(std::vector{first, kByName}, "192.0.2.1", 2222).speech, Speech::http);
}

TEST(Speech, HasNames) {
  EXPECT_EQ(parse_speech("https"), Speech::https);
  EXPECT_EQ(parse_speech("none"), Speech::none);
  EXPECT_EQ(parse_speech("HTTPS"), std::nullopt);
}

std::vector<std::string> addresses(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& address : addresses_in(text)) found.push_back(address.to_string());
  return found;
}

TEST(Addresses, AreFoundInWhateverStandsAroundThem) {
  EXPECT_THAT(addresses("203.0.113.42"), ElementsAre("203.0.113.42"));
  EXPECT_THAT(addresses("<p>You are 203.0.113.42.</p>"), ElementsAre("203.0.113.42"));
  EXPECT_THAT(addresses("{\"addr\":\"203.0.113.42:5555\",\"via\":\"10.0.0.1\"}"),
              ElementsAre("203.0.113.42", "10.0.0.1"));
  EXPECT_THAT(addresses("client=[2001:db8::1]:443"), ElementsAre("2001:db8::1"));
  EXPECT_THAT(addresses("::ffff:203.0.113.42 and 203.0.113.42"), ElementsAre("203.0.113.42"));
  EXPECT_THAT(addresses("deadbeef 12:34 1.2.3 facade"), IsEmpty());
  EXPECT_THAT(addresses(""), IsEmpty());
}

}  // namespace
}  // namespace realpeer::trace
