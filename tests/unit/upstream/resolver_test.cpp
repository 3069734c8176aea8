#include "upstream/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "harness/dns.h"
#include "unit/upstream/resolving.h"

namespace realpeer::upstream {
namespace {

using boost::asio::ip::make_address;
using realpeer::testing::DnsConduct;
using realpeer::testing::DnsServer;
using realpeer::testing::Stopwatch;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class AResolver : public ::testing::Test {
 protected:
  void make(const ResolverOptions& options = {}) { resolver_ = resolver_at(context_, conf_, server_.port(), options); }

  // nullopt: nothing came within the bound.
  std::optional<Resolver::Result> resolve(const std::string& host) {
    if (!resolver_) make();
    std::optional<Resolver::Result> got;
    resolver_->resolve(host, [&](Resolver::Result result) { got = std::move(result); });
    run_until(context_, [&] { return got.has_value(); });
    return got;
  }

  Answer answer(const std::string& host) {
    const auto got = resolve(host);
    if (got && *got) return **got;
    ADD_FAILURE() << host << ": " << (got ? got->error().why : "nothing within the bound");
    return {};
  }

  std::string failure(const std::string& host) {
    const auto got = resolve(host);
    return !got ? "nothing within the bound" : *got ? "an answer" : got->error().why;
  }

  // Nothing is left to wait for on the context.
  bool idle() {
    context_.restart();
    context_.run_for(bound);
    return context_.stopped();
  }

  ResolvConf conf_;
  DnsServer server_;
  boost::asio::io_context context_;
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(AResolver, FindsTheAddressesOfBothFamilies) {
  server_.set("web.test", {.records = {{"192.0.2.1"}, {"2001:db8::1"}, {"192.0.2.2"}}});
  EXPECT_THAT(answer("web.test").addresses,
              UnorderedElementsAre(make_address("192.0.2.1"), make_address("192.0.2.2"), make_address("2001:db8::1")));
}

TEST_F(AResolver, FindsANameOfOneFamily) {
  server_.set("four.test", {.records = {{"192.0.2.1"}}});
  server_.set("six.test", {.records = {{"2001:db8::1"}}});
  EXPECT_THAT(answer("four.test").addresses, ElementsAre(make_address("192.0.2.1")));
  EXPECT_THAT(answer("six.test").addresses, ElementsAre(make_address("2001:db8::1")));
}

TEST_F(AResolver, TellsTheLeastTtl) {
  server_.set("web.test", {.records = {{"192.0.2.1", 40}, {"2001:db8::1", 30}, {"192.0.2.2", 50}}});
  EXPECT_EQ(answer("web.test").ttl, seconds(30));
}

TEST_F(AResolver, CountsTheTtlOfAnAlias) {
  server_.set("web.test", {.records = {{"192.0.2.1", 40}}, .alias_ttl = 7});
  const auto got = answer("web.test");
  EXPECT_THAT(got.addresses, ElementsAre(make_address("192.0.2.1")));
  EXPECT_EQ(got.ttl, seconds(7));
}

TEST_F(AResolver, TakesATtlBeyond31BitsForNone) {
  server_.set("web.test", {.records = {{"192.0.2.1", 0x8000'0001}}});
  EXPECT_EQ(answer("web.test").ttl, seconds(0));
}

TEST_F(AResolver, SaysThatANameDoesNotExist) { EXPECT_EQ(failure("no.test"), "Domain name not found"); }

TEST_F(AResolver, SaysThatANameHasNoAddresses) {
  server_.set("empty.test", {});
  EXPECT_THAT(failure("empty.test"), HasSubstr("no data"));
}

TEST_F(AResolver, SaysThatTheServerFailed) {
  server_.set("web.test", {.conduct = DnsConduct::servfail});
  EXPECT_THAT(failure("web.test"), HasSubstr("failed or refused"));
}

TEST_F(AResolver, SaysThatNothingListensAtTheServer) {
  resolver_ = resolver_at(context_, conf_, 1);
  EXPECT_THAT(failure("web.test"), HasSubstr("Could not contact DNS servers"));
}

TEST_F(AResolver, GivesUpOnASilentServer) {
  server_.set("web.test", {.conduct = DnsConduct::silence});
  make({.timeout = milliseconds(50)});
  const Stopwatch stopwatch;
  EXPECT_THAT(failure("web.test"), HasSubstr("Timeout"));
  EXPECT_LT(stopwatch.elapsed(), milliseconds(2'000));
  EXPECT_EQ(server_.questions("web.test"), 4U);  // two tries for each family
}

TEST_F(AResolver, EndsALookUpAtItsLimit) {
  server_.set("web.test", {.conduct = DnsConduct::silence});
  make({.limit = milliseconds(100)});
  EXPECT_EQ(failure("web.test"), "no end of the look-up within 100 ms");
}

TEST_F(AResolver, GoesOnToTheNextServer) {
  DnsServer silent("127.0.0.2", server_.port());
  silent.set("web.test", {.conduct = DnsConduct::silence});
  conf_.write("nameserver 127.0.0.2\nnameserver 127.0.0.1\n");
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  make({.timeout = milliseconds(50)});
  EXPECT_THAT(answer("web.test").addresses, ElementsAre(make_address("192.0.2.1")));
  EXPECT_EQ(silent.questions("web.test"), 2U);
}

TEST_F(AResolver, IsContentWithOneFamilyWhenTheOtherGetsNoAnswer) {
  server_.set("half.test", {.records = {{"192.0.2.1"}, {"2001:db8::1"}}, .conduct = DnsConduct::silence_for_ipv6});
  make({.timeout = milliseconds(50)});
  EXPECT_THAT(answer("half.test").addresses, ElementsAre(make_address("192.0.2.1")));
}

TEST_F(AResolver, IgnoresWhatIsNoAnswer) {
  server_.set("web.test", {.conduct = DnsConduct::noise});
  make({.timeout = milliseconds(50)});
  EXPECT_THAT(failure("web.test"), HasSubstr("Timeout"));
}

TEST_F(AResolver, RefusesAnAnswerThatEndsTooEarly) {
  server_.set("web.test", {.records = {{"192.0.2.1"}, {"2001:db8::1"}}, .conduct = DnsConduct::malformed});
  EXPECT_EQ(failure("web.test"), "Misformatted DNS reply");
}

TEST_F(AResolver, AsksByTcpForWhatUdpTruncates) {
  testing::DnsEntry many{.conduct = DnsConduct::answers_by_tcp};
  for (int i = 1; i < 200; ++i) many.records.push_back({"192.0.2." + std::to_string(i)});
  server_.set("web.test", many);
  EXPECT_EQ(answer("web.test").addresses.size(), 199U);
}

TEST_F(AResolver, KnowsTheHostsFile) {
  const auto got = answer("localhost");
  EXPECT_THAT(got.addresses, ::testing::AnyOf(::testing::Contains(make_address("127.0.0.1")),
                                              ::testing::Contains(make_address("::1"))));
  EXPECT_EQ(got.ttl, seconds(0));
  EXPECT_EQ(server_.questions("localhost"), 0U);
}

TEST_F(AResolver, AnswersALiteralWithItself) {
  for (const char* literal : {"192.0.2.1", "2001:db8::1"}) {
    const auto got = answer(literal);
    EXPECT_THAT(got.addresses, ElementsAre(make_address(literal)));
    EXPECT_EQ(got.ttl, seconds(0));
    EXPECT_EQ(server_.questions(literal), 0U);
  }
}

TEST_F(AResolver, RefusesANameThatCannotBe) {
  EXPECT_EQ(failure(std::string(300, 'a') + ".test"), "Misformatted domain name");
}

TEST_F(AResolver, NeverCallsAHandlerInsideResolve) {
  make();
  bool called = false;
  for (const char* host : {"localhost", "192.0.2.1", "bad..name"}) {
    resolver_->resolve(host, [&](const Resolver::Result&) { called = true; });
    EXPECT_FALSE(called) << host;
  }
}

TEST_F(AResolver, SearchesTheDomainsOfResolvConf) {
  conf_.write("nameserver 127.0.0.1\nsearch first.test second.test\noptions ndots:2\n");
  server_.set("web.a.second.test", {.records = {{"192.0.2.1"}}});
  EXPECT_THAT(answer("web.a").addresses, ElementsAre(make_address("192.0.2.1")));
  EXPECT_EQ(server_.questions("web.a.first.test"), 2U);
  EXPECT_EQ(server_.questions("web.a"), 0U);
}

TEST_F(AResolver, FollowsAChangeOfResolvConf) {
  DnsServer other("127.0.0.2", server_.port());
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  other.set("web.test", {.records = {{"192.0.2.2"}}});
  EXPECT_THAT(answer("web.test").addresses, ElementsAre(make_address("192.0.2.1")));
  conf_.write("nameserver 127.0.0.2\n");
  EXPECT_THAT(answer("web.test").addresses, ElementsAre(make_address("192.0.2.2")));
}

TEST_F(AResolver, DoesTwoLookUpsAtOnce) {
  server_.set("slow.test", {.conduct = DnsConduct::silence});
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  make({.timeout = milliseconds(300)});
  std::string order;
  resolver_->resolve("slow.test", [&](const Resolver::Result& result) { order += result ? "slow+" : "slow-"; });
  resolver_->resolve("web.test", [&](const Resolver::Result& result) { order += result ? "web+" : "web-"; });
  run_until(context_, [&] { return order.size() == 9; });
  EXPECT_EQ(order, "web+slow-");
}

TEST_F(AResolver, DoesManyLookUpsAtOnce) {
  server_.set("udp.test", {.records = {{"192.0.2.1"}}});
  server_.set("tcp.test", {.records = {{"192.0.2.1"}}, .conduct = DnsConduct::answers_by_tcp});
  server_.set("bad.test", {.conduct = DnsConduct::servfail});
  make();
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 50; ++i) {
    for (const char* host : {"udp.test", "tcp.test", "bad.test", "no.test"}) {
      resolver_->resolve(host, [&](const Resolver::Result& result) { ++(result ? good : bad); });
    }
  }
  EXPECT_TRUE(run_until(context_, [&] { return good + bad == 200; }));
  EXPECT_EQ(good, 100);
  EXPECT_TRUE(idle());
}

TEST_F(AResolver, LooksUpFromAHandler) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  make();
  int answers = 0;
  resolver_->resolve("web.test", [&](const Resolver::Result& first) {
    answers += first ? 1 : 0;
    resolver_->resolve("web.test", [&](const Resolver::Result& second) { answers += second ? 1 : 0; });
  });
  EXPECT_TRUE(run_until(context_, [&] { return answers == 2; }));
}

TEST_F(AResolver, LeavesNothingBehindAfterALookUp) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  answer("web.test");
  EXPECT_TRUE(idle());
}

TEST_F(AResolver, CallsNobodyAfterItsEnd) {
  server_.set("slow.test", {.conduct = DnsConduct::silence});
  make();
  bool called = false;
  for (const char* host : {"slow.test", "localhost"}) {
    resolver_->resolve(host, [&](const Resolver::Result&) { called = true; });
  }
  // Both families are asked for, and the answer of the hosts file is posted: neither has run yet.
  EXPECT_TRUE(testing::eventually([&] { return server_.questions("slow.test") == 2; }, bound));
  resolver_.reset();
  EXPECT_TRUE(idle());
  EXPECT_FALSE(called);
}

TEST_F(AResolver, EndsALookUpOfWhichHalfIsAnswered) {
  server_.set("half.test", {.records = {{"192.0.2.1"}}, .conduct = DnsConduct::silence_for_ipv6});
  make();
  bool called = false;
  resolver_->resolve("half.test", [&](const Resolver::Result&) { called = true; });
  EXPECT_TRUE(run_until(context_, [&] { return server_.questions("half.test") == 2; }));
  context_.poll();
  resolver_.reset();
  EXPECT_TRUE(idle());
  EXPECT_FALSE(called);
}

TEST_F(AResolver, MayEndInAHandler) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  server_.set("slow.test", {.conduct = DnsConduct::silence});
  make();
  resolver_->resolve("slow.test", [](const Resolver::Result&) { ADD_FAILURE() << "called after the end"; });
  resolver_->resolve("web.test", [&](const Resolver::Result&) { resolver_.reset(); });
  EXPECT_TRUE(idle());
  EXPECT_EQ(resolver_, nullptr);
}

}  // namespace
}  // namespace realpeer::upstream
