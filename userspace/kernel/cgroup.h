// The cgroup whose sockets the sock_ops program sees.
#pragma once

#include <string>
#include <string_view>

#include "kernel/fd.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// Of the last path component of each daemon's cgroup; the node's name follows.
inline constexpr std::string_view cgroup_prefix = "realpeer-";

// A cgroup made for this daemon, so that the program sees no other process's sockets. Sockets belong to the cgroup
// their process is in when it opens them, hence enter before opening any. Where no cgroup can be made (a container
// with cgroup2 read-only), the process's present cgroup is used as it is.
class DaemonCgroup {
 public:
  // `name` becomes the last path component.
  static Result<DaemonCgroup> enter(const std::string& name);

  DaemonCgroup(DaemonCgroup&& other) noexcept = default;
  DaemonCgroup& operator=(DaemonCgroup&&) = delete;
  DaemonCgroup(const DaemonCgroup&) = delete;
  DaemonCgroup& operator=(const DaemonCgroup&) = delete;
  ~DaemonCgroup();  // moves the process back and removes the cgroup

  [[nodiscard]] int fd() const { return directory_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  DaemonCgroup(std::string path, std::string parent, UniqueFd directory)
      : path_(std::move(path)), parent_(std::move(parent)), directory_(std::move(directory)) {}

  std::string path_;
  std::string parent_;  // empty: path_ was not made by us
  UniqueFd directory_;
};

}  // namespace realpeer::kernel
