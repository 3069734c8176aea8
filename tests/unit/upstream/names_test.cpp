#include "upstream/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <initializer_list>
#include <optional>
#include <sstream>

#include "harness/dns.h"
#include "unit/upstream/resolving.h"

namespace realpeer::upstream {
namespace {

using realpeer::testing::DnsConduct;
using realpeer::testing::DnsServer;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Lists = std::vector<std::vector<net::Address>>;

std::vector<net::Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<net::Address> result;
  for (const char* text : texts) result.push_back(boost::asio::ip::make_address(text));
  return result;
}

// While it lives: what is logged, "LEVEL TEXT" in lines.
class Logged {
 public:
  Logged() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    auto logger = std::make_shared<spdlog::logger>("test", sink);
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(logger);
  }
  Logged(const Logged&) = delete;
  Logged& operator=(const Logged&) = delete;
  ~Logged() { spdlog::set_default_logger(before_); }

  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream text_;
};

class TheNames : public ::testing::Test {
 protected:
  // What the listener of the host is told, from now on.
  std::shared_ptr<Lists> keep(const std::string& host) {
    auto told = std::make_shared<Lists>();
    names().keep(host, [told](const auto& list) { told->push_back(list); });
    return told;
  }

  Names& names() {
    if (!names_) names_.emplace(context_, resolver_at(context_, conf_, server_.port(), {.timeout = milliseconds(50)}));
    return *names_;
  }

  // Until the first round is done; false: it was not within the bound.
  bool start() {
    names().start([this] { started_ = true; });
    EXPECT_FALSE(started_);
    return run_until(context_, [this] { return started_; });
  }

  ResolvConf conf_;
  DnsServer server_;
  Logged logged_;
  boost::asio::io_context context_;
  std::optional<Names> names_;
  bool started_ = false;
};

TEST_F(TheNames, TellTheirFirstAddressesSortedAndOnce) {
  server_.set("web.test", {.records = {{"2001:db8::1"}, {"192.0.2.2"}, {"192.0.2.1"}, {"192.0.2.2"}}});
  const auto told = keep("web.test");
  ASSERT_TRUE(start());
  EXPECT_THAT(*told, ElementsAre(addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"})));
  EXPECT_EQ(logged_.text(), "info backend name 'web.test': came 192.0.2.1, 192.0.2.2, 2001:db8::1\n");
}

TEST_F(TheNames, EndTheFirstRoundWithGoodAndBadOnes) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  server_.set("slow.test", {.conduct = DnsConduct::silence});
  const auto good = keep("web.test");
  const auto absent = keep("no.test");
  const auto silent = keep("slow.test");
  ASSERT_TRUE(start());
  EXPECT_THAT(*good, ElementsAre(addresses({"192.0.2.1"})));
  EXPECT_THAT(*absent, IsEmpty());
  EXPECT_THAT(*silent, IsEmpty());
  EXPECT_THAT(logged_.text(), HasSubstr("warning backend name 'no.test' does not resolve (Domain name not found): "
                                        "it has no addresses yet\n"));
}

TEST_F(TheNames, EndTheFirstRoundWhenThereAreNone) { EXPECT_TRUE(start()); }

TEST_F(TheNames, MayEndWhenTheFirstRoundIsDone) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  keep("web.test");
  names().start([this] { names_.reset(); });
  EXPECT_TRUE(run_until(context_, [this] { return !names_; }));
}

TEST_F(TheNames, LookUpAHostOnceForAllItsListeners) {
  server_.set("web.test", {.records = {{"192.0.2.1"}}});
  const auto one = keep("web.test");
  const auto other = keep("web.test");
  ASSERT_TRUE(start());
  EXPECT_THAT(*one, ElementsAre(addresses({"192.0.2.1"})));
  EXPECT_EQ(*one, *other);
  EXPECT_EQ(server_.questions("web.test"), 2U);
}

TEST_F(TheNames, TellAChangeWhenTheTtlIsOver) {
  server_.set("web.test", {.records = {{"192.0.2.1", 1}, {"192.0.2.2", 1}}});
  const auto told = keep("web.test");
  ASSERT_TRUE(start());
  server_.set("web.test", {.records = {{"192.0.2.2", 1}, {"192.0.2.3", 1}}});
  EXPECT_TRUE(run_until(context_, [&] { return told->size() == 2; }));
  EXPECT_EQ(told->back(), addresses({"192.0.2.2", "192.0.2.3"}));
  EXPECT_THAT(logged_.text(), HasSubstr("info backend name 'web.test': came 192.0.2.3; went 192.0.2.1\n"));
}

TEST_F(TheNames, SayNothingWhenNothingChanged) {
  server_.set("web.test", {.records = {{"192.0.2.1", 1}}});
  const auto told = keep("web.test");
  ASSERT_TRUE(start());
  const std::string before = logged_.text();
  EXPECT_TRUE(run_until(context_, [&] { return server_.questions("web.test") >= 6; }));
  EXPECT_EQ(told->size(), 1U);
  EXPECT_EQ(logged_.text(), before);
}

TEST_F(TheNames, KeepTheirAddressesThroughFailures) {
  server_.set("web.test", {.records = {{"192.0.2.1", 1}, {"192.0.2.2", 1}}});
  const auto told = keep("web.test");
  ASSERT_TRUE(start());
  server_.remove("web.test");
  const auto asked = server_.questions("web.test");
  EXPECT_TRUE(run_until(context_, [&] { return server_.questions("web.test") >= asked + 4; }));  // failed twice
  server_.set("web.test", {.records = {{"192.0.2.1", 1}, {"192.0.2.2", 1}}});
  EXPECT_TRUE(run_until(context_, [&] { return logged_.text().ends_with("again\n"); }));
  EXPECT_EQ(told->size(), 1U);
  EXPECT_EQ(logged_.text(),
            "info backend name 'web.test': came 192.0.2.1, 192.0.2.2\n"
            "warning backend name 'web.test' does not resolve (Domain name not found): its last 2 addresses stay in "
            "use\n"
            "info backend name 'web.test' resolves again\n");
}

TEST_F(TheNames, TakeAnEmptyAnswerForAFailure) {
  server_.set("web.test", {.records = {{"192.0.2.1", 1}}});
  const auto told = keep("web.test");
  ASSERT_TRUE(start());
  server_.set("web.test", {});
  EXPECT_TRUE(run_until(context_, [&] { return logged_.text().ends_with("its last address stays in use\n"); }));
  EXPECT_EQ(told->size(), 1U);
}

TEST_F(TheNames, AreSilentAfterTheirEnd) {
  server_.set("web.test", {.records = {{"192.0.2.1", 1}}});
  server_.set("slow.test", {.conduct = DnsConduct::silence});
  const auto told = keep("web.test");
  keep("slow.test");
  names().start([] { ADD_FAILURE() << "the first round is done"; });
  EXPECT_TRUE(run_until(context_, [&] { return told->size() == 1; }));
  names_.reset();
  context_.restart();
  context_.run_for(bound);
  EXPECT_TRUE(context_.stopped());  // nothing is waited for any more
}

}  // namespace
}  // namespace realpeer::upstream
