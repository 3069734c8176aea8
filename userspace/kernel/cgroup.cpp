#include "kernel/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "kernel/mounts.h"

namespace realpeer::kernel {
namespace {

// "0" in cgroup.procs means the writing process, all its threads.
bool move_self_to(const std::string& cgroup) {
  UniqueFd procs(::open((cgroup + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  return procs.valid() && ::write(procs.get(), "0", 1) == 1;
}

}  // namespace

Result<DaemonCgroup> DaemonCgroup::enter(const std::string& name) {
  auto parent = own_cgroup();
  if (!parent) return parent.error();
  // A process that a daemon of this name has started is there already.
  if (parent->ends_with("/" + name)) parent = parent->substr(0, parent->size() - name.size() - 1);
  std::string path = *parent + "/" + name;
  // An empty directory left by a daemon that was killed is as good as a new one.
  const bool made = (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) && move_self_to(path);
  if (!made) {
    ::rmdir(path.c_str());
    path = *parent;
  }
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return describe("cannot open cgroup " + path, errno);
  return DaemonCgroup(path, made ? *parent : "", std::move(directory));
}

DaemonCgroup::~DaemonCgroup() {
  if (!directory_.valid() || parent_.empty()) return;
  directory_.reset();
  if (move_self_to(parent_)) ::rmdir(path_.c_str());
}

}  // namespace realpeer::kernel
