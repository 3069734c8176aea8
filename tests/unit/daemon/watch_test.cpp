// Files that change in each of the ways that editors, tools and ConfigMaps have.
#include "daemon/watch.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "harness/process.h"

namespace realpeer::daemon {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class WatchedFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  void watch(std::vector<std::string> files) {
    watch_.emplace(context_, std::move(files), [this] {
      ++changes_;
      return next_;
    });
    next_ = {path("file")};
  }
  // Whether a change was noticed by the time nothing moves any more.
  bool noticed(int changes = 1) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (changes_ < changes && std::chrono::steady_clock::now() < until) context_.run_for(milliseconds(10));
    return changes_ == changes;
  }
  // Whether none is, until one that is surely noticed.
  bool passed_by() {
    folder_.write("file", "the last word");
    return noticed();
  }

  const testing::TemporaryDirectory folder_;
  boost::asio::io_context context_{1};
  std::optional<Watch> watch_;
  std::vector<std::string> next_;
  int changes_ = 0;
};

TEST_F(WatchedFiles, AreWrittenAnew) {
  folder_.write("file", "one");
  watch({path("file")});
  folder_.write("file", "another");
  EXPECT_TRUE(noticed());
  folder_.write("file", "a third");
  EXPECT_TRUE(noticed(2));
}

TEST_F(WatchedFiles, AreRenamedOver) {
  folder_.write("file", "one");
  watch({path("file")});
  folder_.write("file.new", "one");
  fs::rename(path("file.new"), path("file"));
  EXPECT_TRUE(noticed());
}

TEST_F(WatchedFiles, AreRemovedAndComeBack) {
  folder_.write("file", "one");
  watch({path("file")});
  fs::remove(path("file"));
  EXPECT_TRUE(noticed());
  folder_.write("file", "two");
  EXPECT_TRUE(noticed(2));
}

// As the kubelet does: file -> ..data/file, ..data -> ..1, and ..data is swapped.
TEST_F(WatchedFiles, AreBehindALinkThatLeadsElsewhere) {
  for (const std::string version : {"..1", "..2"}) {
    fs::create_directory(path(version));
    folder_.write(version + "/file", version);
  }
  fs::create_directory_symlink("..1", path("..data"));
  fs::create_symlink("..data/file", path("file"));
  watch({path("file")});
  fs::create_directory_symlink("..2", path("..data_tmp"));
  fs::rename(path("..data_tmp"), path("..data"));
  fs::remove_all(path("..1"));
  EXPECT_TRUE(noticed());
}

TEST_F(WatchedFiles, AreInAFolderThatIsALink) {
  for (const std::string version : {"1", "2"}) {
    fs::create_directory(path(version));
    folder_.write(version + "/file", version);
  }
  fs::create_directory_symlink("1", path("now"));
  watch({path("now/file")});
  fs::create_directory_symlink("2", path("next"));
  fs::rename(path("next"), path("now"));
  EXPECT_TRUE(noticed());
}

TEST_F(WatchedFiles, AreNotTheOthersBesideThem) {
  folder_.write("file", "one");
  watch({path("file")});
  folder_.write("other", "two");
  EXPECT_TRUE(passed_by());
}

TEST_F(WatchedFiles, ComeOnceForManyWritesInARow) {
  folder_.write("file", "one");
  watch({path("file")});
  for (int i = 0; i < 100; ++i) folder_.write("file", std::to_string(i));
  EXPECT_TRUE(noticed());
}

// A reload by command, between the change and its news.
TEST_F(WatchedFiles, AreNotForgottenWhenOthersJoin) {
  folder_.write("file", "one");
  folder_.write("second", "two");
  watch({path("file")});
  folder_.write("file", "changed");
  watch_->follow({path("file"), path("second")});
  EXPECT_TRUE(noticed());
}

TEST_F(WatchedFiles, AreOthersAfterAChange) {
  folder_.write("file", "one");
  folder_.write("second", "two");
  watch({path("file")});
  next_ = {path("file"), path("second")};
  folder_.write("file", "it names the second");
  ASSERT_TRUE(noticed());
  folder_.write("second", "changed");
  EXPECT_TRUE(noticed(2));
}

}  // namespace
}  // namespace realpeer::daemon
