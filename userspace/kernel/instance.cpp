#include "kernel/instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

namespace realpeer::kernel {
namespace {

namespace fs = std::filesystem;

// Those whose name ends so, and not so.
void remove_pins(const std::string& path, std::string_view ending = {}, std::string_view but = {}) {
  std::error_code ignored;
  for (const auto& pin : fs::directory_iterator(path, ignored)) {
    const auto& name = pin.path().native();
    if (!name.ends_with(ending) || (!but.empty() && name.ends_with(but))) continue;
    fs::remove(pin.path(), ignored);
  }
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& pin : fs::directory_iterator(path, ignored)) names.push_back(pin.path().filename());
  return names;
}

// A look at the instance may hold the lock for a moment, its owner holds it for good.
bool lock_soon(int fd) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  errno = EWOULDBLOCK;
  return false;
}

// A directory that somebody else made for the daemons (tmpfiles.d, for one without root) is not theirs to remove.
bool is_own(const std::string& path) {
  struct stat named {};
  return ::stat(path.c_str(), &named) == 0 && named.st_uid == ::geteuid();
}

bool same_file(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

Result<Instance> Instance::claim(const std::string& bpffs, const std::string& node) {
  const std::string root = bpffs + "/realpeer";
  std::string path = root;
  path += "/" + node;
  // A leaving daemon removes its directory: the lock may be on one that is gone. Bounded, since each turn needs
  // another daemon to leave in just this moment.
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (::mkdir(root.c_str(), 0755) != 0 && errno != EEXIST) return describe("cannot make " + root, errno);
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      if (errno == ENOENT) continue;
      return describe("cannot make " + path, errno);
    }
    UniqueFd lock(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.valid()) continue;
    if (!lock_soon(lock.get())) {
      if (errno != EWOULDBLOCK) return describe("cannot lock " + path, errno);
      return Error::taken("another realpeer runs on this host as node '" + node + "' (" + path +
                          " is locked): give each daemon its own `node:`");
    }
    if (!same_file(lock.get(), path)) continue;
    remove_pins(path);
    return Instance(path, std::move(lock), false);
  }
  return Error::because("cannot claim " + path + ": it keeps being removed");
}

Result<Instance> Instance::share(const std::string& bpffs, const std::string& node, UniqueFd lock) {
  const std::string path = bpffs + "/realpeer/" + node;
  if (!same_file(lock.get(), path)) return Error::because(path + " is not the directory of the other daemon");
  remove_pins(path, next);
  return Instance(path, std::move(lock), true);
}

Result<std::string> Instance::take_over(std::string_view kept) {
  const auto names = names_in(path_);
  std::string there;
  for (int number = 1; there.empty(); ++number) {
    const std::string free = pin(kept) + "-" + std::to_string(number);
    if (::access(free.c_str(), F_OK) != 0) there = free;
  }
  // There is none where the other daemon could not make it.
  if (::rename(pin(kept).c_str(), there.c_str()) != 0 && errno != ENOENT) {
    return describe("cannot rename " + pin(kept), errno);
  }
  // Of names seen before any was changed: a directory that changes is not to be walked.
  const auto has = [&names](const std::string& name) { return std::ranges::find(names, name) != names.end(); };
  for (const auto& name : names) {
    if (name.ends_with(next)) {
      const std::string place = pin(name.substr(0, name.size() - std::strlen(next)));
      if (::rename(pin(name).c_str(), place.c_str()) != 0) return describe("cannot rename " + pin(name), errno);
    } else if (name != kept && name.find('-') == std::string::npos && !has(name + next)) {
      // What the other daemon has and this one has not (bans, without admission) would be asked and answer nothing.
      ::unlink(pin(name).c_str());
    }
  }
  beside_ = false;
  return there;
}

void Instance::hand_over(std::string kept) {
  handed_over_ = std::move(kept);
  // The other one's copy holds it. When that one ends, the next may start although we still drain.
  lock_.reset();
}

Instance::~Instance() {
  if (handed_over_) {
    ::unlink(handed_over_->c_str());
    return;
  }
  if (!lock_.valid()) return;
  if (beside_) {
    remove_pins(path_, next);
    return;
  }
  // What somebody prepares who takes over is not ours to remove: the directory stays for that one.
  remove_pins(path_, {}, next);
  ::rmdir(path_.c_str());
  // Fails while another instance is there, as it should.
  const std::string root = fs::path(path_).parent_path();
  if (is_own(root)) ::rmdir(root.c_str());
}

std::vector<std::string> living_instances(const std::string& bpffs) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(bpffs + "/realpeer", ignored)) {
    const UniqueFd directory(::open(entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Shared, and let go at once: nobody who looks keeps a daemon from starting for longer than claim() waits.
    const bool dead = directory.valid() && ::flock(directory.get(), LOCK_SH | LOCK_NB) == 0;
    if (!dead) names.push_back(entry.path().filename());
  }
  return names;
}

}  // namespace realpeer::kernel
