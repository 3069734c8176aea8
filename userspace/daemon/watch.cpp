#include "daemon/watch.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>

namespace realpeer::daemon {
namespace {

namespace fs = std::filesystem;

// Writers of several files, and slow ones, are waited for.
constexpr std::chrono::milliseconds settled{200};
constexpr std::uint32_t news = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB;

// What is there by this name; empty: nothing.
std::string sight_of(const std::string& file) {
  struct stat there {};
  if (::stat(file.c_str(), &there) != 0) return {};
  return fmt::format("{}:{}:{}:{}.{:09}", there.st_dev, there.st_ino, there.st_size, there.st_mtim.tv_sec,
                     there.st_mtim.tv_nsec);
}

// The folders in which something must change for the file to change: its own, and that of each link on the way to it.
void add_folders(fs::path file, std::set<std::string>& folders) {
  constexpr int most_links = 40;  // path_resolution(7)
  for (int links = 0; links < most_links; ++links) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    folders.insert(folder);
    // A folder that is a link itself may be swapped as well.
    std::error_code none;
    if (fs::is_symlink(folder, none)) folders.insert(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
    const fs::path target = fs::read_symlink(file, none);
    if (none) return;
    file = target.is_absolute() ? target : folder / target;
  }
}

}  // namespace

Watch::Watch(boost::asio::io_context& context, const std::vector<std::string>& files, Changed changed)
    : changed_(std::move(changed)), news_(context), quiet_(context) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) {
    spdlog::warn("changes of the configuration will not be noticed: {}",
                 std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): known errors
    return;
  }
  news_.assign(descriptor);
  follow(files);
  wait();
}

void Watch::follow(const std::vector<std::string>& files) {
  std::set<std::string> folders;
  std::map<std::string, std::string> seen;
  for (const auto& file : files) {
    add_folders(file, folders);
    const auto before = seen_.find(file);
    seen[file] = before == seen_.end() ? sight_of(file) : before->second;
  }
  // One that is watched already stays so. Those not needed any more cost a look at the files at most.
  for (const auto& folder : folders) {
    if (::inotify_add_watch(news_.native_handle(), folder.c_str(), news) < 0 && errno != ENOENT) {
      spdlog::warn("changes in {} will not be noticed: {}", folder,
                   std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): known errors
    }
  }
  seen_ = std::move(seen);
}

void Watch::wait() {
  news_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    alignas(inotify_event) std::array<char, 16384> events{};
    while (::read(news_.native_handle(), events.data(), events.size()) > 0) {
    }
    settle();
    wait();
  });
}

void Watch::settle() {
  quiet_.expires_after(settled);
  quiet_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    bool news = false;
    // As they are before they are read: what changes meanwhile is news again.
    for (auto& [file, sight] : seen_) {
      auto now = sight_of(file);
      news = news || now != sight;
      sight = std::move(now);
    }
    if (news) follow(changed_());
  });
}

}  // namespace realpeer::daemon
