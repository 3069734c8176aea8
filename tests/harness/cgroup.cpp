#include "harness/cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "harness/wait.h"

namespace realpeer::testing {
namespace {

// What has ended leaves its cgroup as it is reaped, by whoever does that.
constexpr Duration kEmptied{2'000};

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

void move_to(const std::string& cgroup) {
  std::ofstream procs(cgroup + "/cgroup.procs");
  if (!(procs << "0" << std::flush)) fail("enter " + cgroup);
}

std::string own_cgroup() {
  std::ifstream lines("/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) return cgroup_root() + (line == "0::/" ? "" : line.substr(3));
  }
  throw std::runtime_error("this process is in no cgroup of version 2");
}

}  // namespace

std::string cgroup_root() {
  std::ifstream lines("/proc/self/mounts");
  for (std::string line; std::getline(lines, line);) {
    std::string device, point, type;
    std::istringstream(line) >> device >> point >> type;
    if (type == "cgroup2") return point;
  }
  throw std::runtime_error("no cgroup2 hierarchy is mounted");
}

TestCgroup::TestCgroup(const std::string& role, const std::string& parent)
    : path_((parent.empty() ? cgroup_root() : parent) + "/rpt-" + role + "-" + std::to_string(::getpid())) {
  if (::mkdir(path_.c_str(), 0755) != 0 && errno != EEXIST) fail("mkdir " + path_);
}

TestCgroup::~TestCgroup() {
  const auto gone = [&] { return ::rmdir(path_.c_str()) == 0 || errno != EBUSY; };
  if (!eventually(gone, kEmptied)) std::fprintf(stderr, "leftover cgroup %s\n", path_.c_str());
}

InCgroup::InCgroup(const std::string& path) : home_(own_cgroup()) { move_to(path); }

InCgroup::~InCgroup() {
  try {
    move_to(home_);
  } catch (const std::exception&) {
    std::abort();  // every later socket would be in the wrong place
  }
}

}  // namespace realpeer::testing
