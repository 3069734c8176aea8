// Where the control socket is, who is reached there, and what killed daemons leave.
#include "control/place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "harness/process.h"
#include "kernel/socket_file.h"

namespace realpeer::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RuntimeDirectory, IsTheOneGivenElseTheSupervisorsElseTheUsualOne) {
  ::unsetenv("RUNTIME_DIRECTORY");
  EXPECT_EQ(runtime_directory(""), "/run/realpeer");
  ::setenv("RUNTIME_DIRECTORY", "", 1);
  EXPECT_EQ(runtime_directory(""), "/run/realpeer");
  ::setenv("RUNTIME_DIRECTORY", "/run/a:/run/b", 1);
  EXPECT_EQ(runtime_directory(""), "/run/a");
  EXPECT_EQ(runtime_directory("/tmp/c"), "/tmp/c");
  ::unsetenv("RUNTIME_DIRECTORY");
}

class ControlSockets : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& node) const { return socket_path(folder_.path().string(), node); }
  // Somebody's.
  struct Listening {
    Listening(int type, const std::string& at) : socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
      file.emplace(std::move(*kernel::SocketFile::bind(socket.get(), at)));
      EXPECT_EQ(::listen(socket.get(), 1), 0);
    }
    kernel::UniqueFd socket;
    std::optional<kernel::SocketFile> file;
  };
  // A daemon that is killed closes its socket and leaves the file.
  void leave(const std::string& at) const {
    const kernel::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    at.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }

  const testing::TemporaryDirectory folder_;
};

TEST_F(ControlSockets, AreReachedAndKnowWhoSpeaks) {
  const Listening daemon(SOCK_SEQPACKET, path("edge"));
  const auto reached = connect(path("edge"));
  ASSERT_TRUE(reached) << reached.error().text;
  EXPECT_TRUE(may_speak(reached->get()));
  const kernel::UniqueFd accepted(::accept(daemon.socket.get(), nullptr, nullptr));
  EXPECT_TRUE(may_speak(accepted.get()));
}

TEST_F(ControlSockets, OfNobodyAreAnErrorThatNamesThem) {
  const auto none = connect(path("edge"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text, HasSubstr("no daemon is reached at " + path("edge")));
  EXPECT_THAT(none.error().text, HasSubstr("is one running?"));
  EXPECT_FALSE(connect(path(std::string(200, 'x'))));
}

TEST_F(ControlSockets, OfTheDeadAreRemovedAndNoOthers) {
  const Listening daemon(SOCK_SEQPACKET, path("edge"));
  const Listening admin(SOCK_STREAM, path("admin"));
  leave(path("dead"));
  folder_.write("file.sock", "");
  EXPECT_THAT(remove_dead_sockets(folder_.path().string()), ElementsAre(path("dead")));
  EXPECT_FALSE(std::filesystem::exists(path("dead")));
  EXPECT_TRUE(std::filesystem::exists(path("edge")));
  EXPECT_TRUE(std::filesystem::exists(path("admin")));
  EXPECT_TRUE(std::filesystem::exists(path("file")));
}

}  // namespace
}  // namespace realpeer::control
