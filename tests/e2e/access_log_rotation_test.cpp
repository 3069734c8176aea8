// The access log is renamed under the running daemon, and no line is lost.
#include <csignal>
#include <filesystem>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

namespace fs = std::filesystem;

class AccessLogRotation : public Chain {
 protected:
  void start_with_file() {
    config.text = "log: { access: " + path_.string() + " }\n" + config.yaml().substr(config.yaml().find("listeners:"));
    start();
  }
  // Connections that are refused, each with its line.
  void be_refused(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      be_refused_at([&] {
        Socket client = connect({.from = kStranger});
        ASSERT_NE(client.ending(kSoon).end, End::deadline);
      });
    }
  }
  // Lines of a file, each of them whole; none where there is no file.
  static std::size_t lines(const fs::path& path) { return AccessLog(path).records().size(); }
  [[nodiscard]] std::size_t lines_of_all() const {
    std::size_t sum = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) sum += lines(entry.path());
    return sum;
  }
  [[nodiscard]] bool says(const std::string& text) const {
    return gateway->process().errors().find(text) != std::string::npos;
  }
  // Refuses one, and whether its line comes to the file.
  bool comes_to(const fs::path& path) {
    const auto before = lines(path);
    be_refused(1);
    return eventually([&] { return lines(path) == before + 1; }, kSoon);
  }
  [[nodiscard]] Finished logrotate(const std::string& option) const;

  const TemporaryDirectory directory_{};
  const fs::path folder_ = directory_.path() / "log";
  const fs::path path_ = folder_ / "access.log";
};

TEST_P(AccessLogRotation, LosesAndTearsNoLineUnderLoad) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 250;
  start_with_file();
  std::atomic<bool> loading = true;
  int rotations = 0;
  at_once({[&] {
             on_threads(kThreads, [this] { be_refused(kEach); });
             loading = false;
           },
           [&] {
             while (loading) {
               const auto old = folder_ / ("access.log." + std::to_string(++rotations));
               fs::rename(path_, old);
               gateway->process().signal(SIGUSR1);
               ASSERT_TRUE(eventually([&] { return fs::exists(path_); }, kSoon));
             }
           }});
  EXPECT_GT(rotations, 1);
  EXPECT_TRUE(eventually([&] { return lines_of_all() == kThreads * kEach; }, kSoon)) << lines_of_all();
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_EQ(lines_of_all(), kThreads * kEach);
}

TEST_P(AccessLogRotation, WritesNothingMoreToWhatWasRenamed) {
  start_with_file();
  EXPECT_TRUE(comes_to(path_));
  const auto old = folder_ / "old";
  fs::rename(path_, old);
  EXPECT_TRUE(comes_to(old)) << "nobody told it yet";
  gateway->process().signal(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return says("backend 'app': endpoint 10.77.0.2:9000"); }, kSoon)) << "no status";
  EXPECT_TRUE(comes_to(path_));
  EXPECT_TRUE(comes_to(path_));
  EXPECT_EQ(lines(old), 2U);
}

TEST_P(AccessLogRotation, KeepsTheOldFileWhereThereCanBeNoNewOne) {
  start_with_file();
  const auto old = folder_ / "old";
  fs::rename(path_, old);
  fs::create_directory(path_);
  gateway->process().signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return says("cannot open the access log: "); }, kSoon));
  EXPECT_TRUE(says("lines go on into the file that is open"));
  EXPECT_TRUE(comes_to(old));
  fs::remove(path_);
  gateway->process().signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return fs::exists(path_); }, kSoon));
  EXPECT_TRUE(comes_to(path_));
}

TEST_P(AccessLogRotation, MakesAFolderThatIsGone) {
  start_with_file();
  fs::remove_all(folder_);
  be_refused(1);
  gateway->process().signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return fs::exists(path_); }, kSoon));
  EXPECT_TRUE(comes_to(path_));
}

// The file that is shipped, with the path and the process of this test.
Finished AccessLogRotation::logrotate(const std::string& option) const {
  auto text =
      read_file(fs::path(__FILE__).parent_path().parent_path().parent_path() / "scripts/deploy/logrotate/realpeer");
  const auto replace = [&text](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("/var/log/realpeer/access.log", path_.string());
  replace("! systemctl --quiet is-active realpeer.service || systemctl kill --signal=USR1 realpeer.service",
          "kill -USR1 " + std::to_string(gateway->process().pid()));
  const auto file = directory_.write("logrotate", text);
  return run({"/usr/sbin/logrotate", option, "--state", (directory_.path() / "state").string(), file.string()});
}

TEST_P(AccessLogRotation, IsWhatLogrotateDoes) {
  start_with_file();
  EXPECT_TRUE(comes_to(path_));
  for (const auto* option : {"--debug", "--force"}) {
    const auto done = logrotate(option);
    EXPECT_EQ(done.code, 0) << done.errors;
    EXPECT_EQ(done.errors.find("error"), std::string::npos) << done.errors;
  }
  ASSERT_TRUE(eventually([&] { return fs::exists(path_) && says("endpoint 10.77.0.2:9000"); }, kSoon));
  EXPECT_TRUE(comes_to(path_));
  EXPECT_EQ(lines(path_), 1U);
  EXPECT_EQ(lines(folder_ / "access.log.1"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Path, AccessLogRotation, ::testing::Values("relay"), path_name);

}  // namespace
}  // namespace realpeer::testing
