// The access log's file, and those who rename it.
#include "observe/access_log.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <sstream>
#include <thread>

#include "harness/process.h"

namespace realpeer::observe {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::uint64_t>;
using testing::read_file;

class AccessLogFile : public ::testing::Test {
 protected:
  static std::vector<std::string> lines(const fs::path& path) {
    std::vector<std::string> found;
    std::istringstream text(read_file(path));
    for (std::string line; std::getline(text, line);) found.push_back(line);
    return found;
  }
  // The ids, each line being whole.
  static Ids ids(const fs::path& path) {
    Ids found;
    for (const auto& line : lines(path)) {
      found.push_back(std::stoull(std::string(boost::json::parse(line).at("id").as_string())));
    }
    return found;
  }
  std::unique_ptr<AccessLog> open() {
    auto opened = AccessLog::open(path_.string(), false);
    EXPECT_TRUE(opened) << opened.error();
    return std::move(*opened);
  }
  static void write(AccessLog& log, std::uint64_t id) {
    Record record;
    record.id = id;
    record.listener = "ssh";
    log.write(record);
  }

  const testing::TemporaryDirectory directory_;
  const fs::path folder_ = directory_.path() / "log";
  const fs::path path_ = folder_ / "access.log";
  const fs::path renamed_ = folder_ / "access.log.1";
};

TEST_F(AccessLogFile, IsWrittenOnWhereItStandsUntilItIsReopened) {
  const auto log = open();
  write(*log, 1);
  fs::rename(path_, renamed_);
  write(*log, 2);
  EXPECT_EQ(ids(renamed_), (Ids{1, 2}));
  EXPECT_TRUE(log->reopen());
  write(*log, 3);
  EXPECT_EQ(ids(renamed_), (Ids{1, 2}));
  EXPECT_EQ(ids(path_), Ids{3});
}

TEST_F(AccessLogFile, ThatNobodyRenamedGoesOn) {
  const auto log = open();
  write(*log, 1);
  EXPECT_TRUE(log->reopen());
  write(*log, 2);
  EXPECT_EQ(ids(path_), (Ids{1, 2}));
}

TEST_F(AccessLogFile, ThatCannotBeOpenedLeavesTheOldOne) {
  const auto log = open();
  write(*log, 1);
  fs::rename(path_, renamed_);
  fs::create_directory(path_);
  const auto reopened = log->reopen();
  ASSERT_FALSE(reopened);
  EXPECT_NE(reopened.error().find("cannot open the access log: "), std::string::npos) << reopened.error();
  EXPECT_NE(reopened.error().find(path_.string()), std::string::npos) << reopened.error();
  write(*log, 2);
  EXPECT_EQ(ids(renamed_), (Ids{1, 2}));
  fs::remove(path_);
  EXPECT_TRUE(log->reopen());
  write(*log, 3);
  EXPECT_EQ(ids(path_), Ids{3});
}

TEST_F(AccessLogFile, MakesAFolderThatIsGone) {
  const auto log = open();
  fs::remove_all(folder_);
  write(*log, 1);
  EXPECT_TRUE(log->reopen());
  write(*log, 2);
  EXPECT_EQ(ids(path_), Ids{2});
}

TEST_F(AccessLogFile, LosesAndTearsNoLineWhileManyWriteAndItIsReopened) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 5'000;
  const auto log = open();
  std::atomic<bool> writing = true;
  int rotations = 0;
  {
    std::jthread rotating([&] {
      while (writing) {
        fs::rename(path_, folder_ / ("old." + std::to_string(rotations++)));
        ASSERT_TRUE(log->reopen());
      }
    });
    {
      std::vector<std::jthread> threads;
      threads.reserve(kThreads);
      for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
          for (std::uint64_t n = 0; n < kEach; ++n) write(*log, thread * kEach + n);
        });
      }
    }
    writing = false;
  }
  Ids all;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const auto some = ids(entry.path());
    all.insert(all.end(), some.begin(), some.end());
  }
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), kThreads * kEach);
  for (std::uint64_t i = 0; i < kThreads * kEach; ++i) ASSERT_EQ(all[i], i);
  EXPECT_GT(rotations, 3);
}

TEST(AccessLog, HasNothingToReopenWithoutAFile) {
  for (const auto* target : {"off", "stdout"}) {
    const auto log = AccessLog::open(target, false);
    ASSERT_TRUE(log);
    EXPECT_TRUE((*log)->reopen()) << target;
  }
}

}  // namespace
}  // namespace realpeer::observe
