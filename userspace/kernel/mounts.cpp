#include "kernel/mounts.h"

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <vector>

namespace realpeer::kernel {
namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string unescape(const std::string& field) {
  std::string plain;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size()) {
      plain.push_back(static_cast<char>(std::stoi(field.substr(i + 1, 3), nullptr, 8)));
      i += 3;
    } else {
      plain.push_back(field[i]);
    }
  }
  return plain;
}

struct Mount {
  std::string root;  // which directory of the file system it shows
  std::string point;
};

std::vector<Mount> find_all(const std::string& mountinfo, const std::string& type) {
  std::vector<Mount> found;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    const auto separator = line.find(" - ");
    if (separator == std::string::npos) continue;
    std::istringstream after(line.substr(separator + 3));
    std::string filesystem;
    after >> filesystem;
    if (filesystem != type) continue;
    std::istringstream before(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string point;
    before >> id >> parent >> device >> root >> point;
    found.push_back({unescape(root), unescape(point)});
  }
  return found;
}

// What stands behind "0::" (cgroups(7)), as the process's cgroup namespace names it.
std::optional<std::string> place_in_hierarchy(const std::string& cgroups) {
  std::istringstream lines(cgroups);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_mount(const std::string& mountinfo, const std::string& type) {
  const auto found = find_all(mountinfo, type);
  return found.empty() ? std::nullopt : std::optional(found.front().point);
}

std::optional<std::string> find_bpffs(const std::string& mountinfo) {
  const auto found = find_all(mountinfo, "bpf");
  if (found.empty()) return std::nullopt;
  const auto& [root, point] = found.front();
  const bool part = root == bpffs_directory && point.ends_with(bpffs_directory);
  return part ? point.substr(0, point.size() - bpffs_directory.size()) : point;
}

std::optional<std::string> find_own_cgroup(const std::string& mountinfo, const std::string& cgroups) {
  const auto place = place_in_hierarchy(cgroups);
  if (!place) return std::nullopt;
  for (const auto& [root, point] : find_all(mountinfo, "cgroup2")) {
    if (*place == root) return point;
    const std::string above = root == "/" ? root : root + "/";
    if (place->starts_with(above)) return point + "/" + place->substr(above.size());
  }
  return std::nullopt;
}

std::optional<std::string> existing_bpffs() { return find_bpffs(read_file("/proc/self/mountinfo")); }

Result<std::string> bpffs() {
  if (auto mounted = existing_bpffs()) return *mounted;
  static constexpr const char* point = "/sys/fs/bpf";
  if (::mount("bpf", point, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") != 0) {
    return describe("no bpffs is mounted, and mounting one at /sys/fs/bpf failed (try: mount -t bpf bpf /sys/fs/bpf)",
                    errno);
  }
  return std::string(point);
}

Result<std::string> cgroup2_mount() {
  if (auto mounted = find_mount(read_file("/proc/self/mountinfo"), "cgroup2")) return *mounted;
  return Error::because("no cgroup2 hierarchy is mounted (try: mount -t cgroup2 none /sys/fs/cgroup)");
}

Result<std::string> own_cgroup() {
  if (auto mount = cgroup2_mount(); !mount) return mount;
  if (auto found = find_own_cgroup(read_file("/proc/self/mountinfo"), read_file("/proc/self/cgroup"))) return *found;
  return Error::because(
      "this process's cgroup is in no cgroup2 hierarchy that is mounted here (line 0:: of /proc/self/cgroup)");
}

bool is_cgroup_root(const std::string& directory) {
  // Every cgroup but the root has it (Documentation/admin-guide/cgroup-v2.rst, "Core Interface Files").
  return ::access((directory + "/cgroup.procs").c_str(), F_OK) == 0 &&
         ::access((directory + "/cgroup.type").c_str(), F_OK) != 0;
}

}  // namespace realpeer::kernel
