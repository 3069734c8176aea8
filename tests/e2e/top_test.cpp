// `realpeer top` on a terminal: keys, sizes, and a terminal that is as it was however it ends.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

#include "e2e/operator.h"
#include "harness/terminal.h"

namespace realpeer::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr Terminal::Size kUsual{.columns = 100, .rows = 30};
constexpr const char* kGivenBack = "\x1b[?25h\x1b[?1049l";  // the cursor, and the screen that was there before

class Top : public OperatorChain {
 protected:
  void SetUp() override {
    OperatorChain::SetUp();
    start_with_admin();
    top_.emplace(std::vector<std::string>{REALPEER_BINARY, "top", "--interval", "100ms"}, net->gateway, kUsual);
    ASSERT_TRUE(top_->writes("\x1b[?1049h", kSoon)) << top_->output();
    ASSERT_TRUE(top_->writes("LISTENER", kSoon)) << top_->output();
  }
  void expect_given_back() {
    EXPECT_EQ(top_->wait(kSoon), Exit{}) << top_->output();
    EXPECT_TRUE(top_->is_cooked());
    EXPECT_THAT(top_->output(), EndsWith(kGivenBack));
  }

  std::optional<Terminal> top_;
};

TEST_P(Top, EndsWithItsKey) {
  EXPECT_FALSE(top_->is_cooked());
  top_->type("q");
  expect_given_back();
}

TEST_P(Top, EndsWithControlC) {
  top_->type("\x03");
  expect_given_back();
}

TEST_P(Top, EndsWithASignal) {
  top_->signal(SIGTERM);
  expect_given_back();
}

TEST_P(Top, GivesTheTerminalBackWhileItIsSuspended) {
  const auto before = top_->output().size();
  top_->type("\x1a");
  EXPECT_TRUE(top_->writes(kGivenBack, kSoon, before));
  EXPECT_TRUE(eventually([&] { return top_->is_cooked(); }, kSoon));
  const auto suspended = top_->output().size();
  top_->signal(SIGCONT);
  EXPECT_TRUE(top_->writes("LISTENER", kSoon, suspended));
  EXPECT_FALSE(top_->is_cooked());
  top_->type("q");
  expect_given_back();
}

TEST_P(Top, ShowsConnectionsAsTheyCome) {
  const auto ends = open_talking();
  EXPECT_TRUE(top_->writes(to_string(kClaimed) + "  203.0.113.42  app ", kSoon)) << top_->output();
}

TEST_P(Top, ChangesItsOrderAndPauses) {
  top_->type("s");
  EXPECT_TRUE(top_->writes("the busiest of the newest", kSoon));
  top_->type("p");
  EXPECT_TRUE(top_->writes("[paused]", kSoon));
  const auto paused = top_->output().size();
  top_->type("p");
  EXPECT_TRUE(top_->writes("p: pause", kSoon, paused));
}

TEST_P(Top, FitsItsScreenWhenItsSizeChanges) {
  const auto fits = [&](const Terminal::Size& size) {
    const auto lines = top_->screen();
    return lines.size() <= size.rows && lines.size() > 2 &&
           std::ranges::all_of(lines, [&](const std::string& line) { return line.size() <= size.columns; });
  };
  constexpr Terminal::Size small{.columns = 30, .rows = 8};
  EXPECT_FALSE(fits(small));
  top_->resize(small);
  EXPECT_TRUE(eventually([&] { return fits(small); }, kSoon)) << top_->output();
}

TEST_P(Top, GoesOnWhenTheGatewayHasGone) {
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_TRUE(top_->writes("nobody listens on 127.0.0.1:9901", kSoon)) << top_->output();
  start_gateway();
  const auto again = top_->output().size();
  EXPECT_TRUE(eventually(
      [&] {
        const auto lines = top_->screen();
        return top_->output().size() > again && lines.size() > 2 && lines[2].empty();
      },
      kSoon))
      << top_->output();
  top_->type("q");
  expect_given_back();
}

INSTANTIATE_TEST_SUITE_P(Path, Top, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
