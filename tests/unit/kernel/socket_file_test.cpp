// The file of a unix socket, through all that may be in its place.
#include "kernel/socket_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "harness/process.h"

namespace realpeer::kernel {
namespace {

namespace fs = std::filesystem;

struct Socket {
  Socket() : descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(descriptor); }
  const int descriptor;
};

class SocketFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::string problem() const {
    const Socket socket;
    const auto file = SocketFile::bind(socket.descriptor, path_);
    return file ? "" : file.error().text;
  }

  const testing::TemporaryDirectory folder_{};
  const std::string path_ = (folder_.path() / "admin.sock").string();
};

TEST_F(SocketFiles, AreTheOwnersAloneAndGoWithTheirOwner) {
  const Socket socket;
  const mode_t before = ::umask(0);
  {
    const auto file = SocketFile::bind(socket.descriptor, path_);
    ::umask(before);
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(fs::is_socket(path_));
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(SocketFiles, GoOnceWhenTheyAreMoved) {
  const Socket socket;
  auto file = SocketFile::bind(socket.descriptor, path_);
  ASSERT_TRUE(file);
  {
    const SocketFile moved = std::move(*file);
    EXPECT_TRUE(fs::exists(path_));
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(SocketFiles, ReplaceOneThatNobodyListensOn) {
  const Socket dead;
  const auto left = SocketFile::bind(dead.descriptor, path_);
  ASSERT_TRUE(left);
  EXPECT_EQ(problem(), "");
}

TEST_F(SocketFiles, LeaveTheirPlaceToWhatCameLater) {
  const Socket socket;
  {
    const auto file = SocketFile::bind(socket.descriptor, path_);
    ASSERT_TRUE(file);
    // Kept, so that its number is not given anew.
    fs::rename(path_, path_ + ".old");
    folder_.write("admin.sock", "of another");
  }
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(SocketFiles, RefuseOneThatIsListenedOn) {
  const Socket living;
  const auto file = SocketFile::bind(living.descriptor, path_);
  ASSERT_TRUE(file);
  ASSERT_EQ(::listen(living.descriptor, 0), 0);
  // Also when its queue is full.
  for (int times = 0; times < 3; ++times) {
    EXPECT_EQ(problem(), "another daemon listens there: stop it, or name another path");
  }
  EXPECT_TRUE(fs::is_socket(path_));
}

TEST_F(SocketFiles, TakeThePlaceOfOneThatIsListenedOn) {
  const Socket before;
  auto first = std::make_optional(SocketFile::bind(before.descriptor, path_));
  ASSERT_TRUE(*first);
  ASSERT_EQ(::listen(before.descriptor, 1), 0);
  const Socket after;
  const auto second = SocketFile::replace(after.descriptor, path_);
  ASSERT_TRUE(second) << second.error().text;
  first.reset();
  EXPECT_TRUE(fs::is_socket(path_)) << "it is not the first one's to remove any more";
}

TEST_F(SocketFiles, RefuseWhatIsNoSocket) {
  folder_.write("admin.sock", "a text");
  EXPECT_EQ(problem(), "a file that is no socket is there: remove it");
  fs::remove(path_);
  fs::create_symlink("elsewhere", path_);
  EXPECT_EQ(problem(), "a file that is no socket is there: remove it");
}

TEST_F(SocketFiles, NeedTheirFolder) {
  const Socket socket;
  const auto file = SocketFile::bind(socket.descriptor, (folder_.path() / "none/admin.sock").string());
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().text, "its folder is not there: make it, or name another path");
}

}  // namespace
}  // namespace realpeer::kernel
