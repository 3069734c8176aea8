// Packets of the control socket: what is said arrives whole, with its descriptors, or is an error.
#include "control/message.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

namespace realpeer::control {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class Messages : public ::testing::Test {
 protected:
  Messages() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours = kernel::UniqueFd(ends[0]);
    theirs = kernel::UniqueFd(ends[1]);
  }
  // Why nothing was received.
  [[nodiscard]] std::string problem() const {
    const auto got = receive(theirs.get(), milliseconds(0));
    return got ? "" : got.error().text;
  }

  kernel::UniqueFd ours;
  kernel::UniqueFd theirs;
};

TEST_F(Messages, ArriveOneByOne) {
  ASSERT_TRUE(send(ours.get(), {{"do", "reload"}}));
  ASSERT_TRUE(send(ours.get(), {{"do", "upgrade"}}));
  const auto first = receive(theirs.get(), milliseconds(0));
  const auto second = receive(theirs.get(), milliseconds(0));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->body, (boost::json::object{{"do", "reload"}}));
  EXPECT_EQ(second->body, (boost::json::object{{"do", "upgrade"}}));
  EXPECT_TRUE(first->descriptors.empty());
}

TEST_F(Messages, BringAsManyDescriptorsAsTheyMayHave) {
  const kernel::UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(send(ours.get(), {{"n", 1}}, std::vector<int>(most_descriptors, null.get())));
  const auto got = receive(theirs.get(), milliseconds(0));
  ASSERT_TRUE(got) << got.error().text;
  ASSERT_EQ(got->descriptors.size(), most_descriptors);
  struct stat sent {};
  struct stat received {};
  ASSERT_EQ(::fstat(null.get(), &sent), 0);
  ASSERT_EQ(::fstat(got->descriptors.back().get(), &received), 0);
  EXPECT_EQ(sent.st_rdev, received.st_rdev);
  EXPECT_FALSE(send(ours.get(), {{"n", 1}}, std::vector<int>(most_descriptors + 1, null.get())));
  EXPECT_NE(::fcntl(got->descriptors.front().get(), F_GETFD) & FD_CLOEXEC, 0) << "children get none of them";
}

TEST_F(Messages, OfTheLongestKindArriveAndLongerOnesAreNotSent) {
  const boost::json::object fits{{"t", std::string(most_bytes - 16, 'x')}};
  ASSERT_TRUE(send(ours.get(), fits));
  const auto got = receive(theirs.get(), milliseconds(0));
  ASSERT_TRUE(got) << got.error().text;
  EXPECT_EQ(got->body, fits);
  EXPECT_FALSE(send(ours.get(), {{"t", std::string(most_bytes, 'x')}}));
}

TEST_F(Messages, ThatNeverComeAreAnError) {
  EXPECT_THAT(problem(), HasSubstr("no answer within"));
  ours.reset();
  EXPECT_THAT(problem(), HasSubstr("the other side has ended"));
}

TEST_F(Messages, OfAnotherKindAreAnError) {
  for (const std::string text : {"no JSON", "[1]", "{", std::string("{\"a\":\0}", 7).c_str()}) {
    ASSERT_EQ(::send(ours.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    EXPECT_THAT(problem(), HasSubstr("no JSON object")) << text;
  }
  const std::string much(most_bytes + 1, 'x');
  ASSERT_EQ(::send(ours.get(), much.data(), much.size(), 0), static_cast<ssize_t>(much.size()));
  EXPECT_THAT(problem(), HasSubstr("cut short"));
}

TEST_F(Messages, ToSomebodyWhoHasGoneAreAnErrorAndNoSignal) {
  theirs.reset();
  EXPECT_FALSE(send(ours.get(), {{"do", "reload"}}));
}

}  // namespace
}  // namespace realpeer::control
