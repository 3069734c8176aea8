#include "kernel/mounts.h"

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

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

std::optional<Mount> find(const std::string& mountinfo, const std::string& type) {
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
    return Mount{unescape(root), unescape(point)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_mount(const std::string& mountinfo, const std::string& type) {
  const auto found = find(mountinfo, type);
  return found ? std::optional(found->point) : std::nullopt;
}

std::optional<std::string> find_bpffs(const std::string& mountinfo) {
  const auto found = find(mountinfo, "bpf");
  if (!found) return std::nullopt;
  const bool part = found->root == bpffs_directory && found->point.ends_with(bpffs_directory);
  return part ? found->point.substr(0, found->point.size() - bpffs_directory.size()) : found->point;
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
  auto mount = cgroup2_mount();
  if (!mount) return mount;
  std::istringstream lines(read_file("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) return *mount + (line.substr(3) == "/" ? "" : line.substr(3));
  }
  return Error::because("this process is in no cgroup of the cgroup2 hierarchy (/proc/self/cgroup has no line 0::)");
}

bool is_cgroup_root(const std::string& directory) {
  // Every cgroup but the root has it (Documentation/admin-guide/cgroup-v2.rst, "Core Interface Files").
  return ::access((directory + "/cgroup.procs").c_str(), F_OK) == 0 &&
         ::access((directory + "/cgroup.type").c_str(), F_OK) != 0;
}

}  // namespace realpeer::kernel
