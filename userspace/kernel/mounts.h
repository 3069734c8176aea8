// Where this host keeps bpffs and cgroup2, as seen from this process (it may sit in a namespace of its own).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace realpeer::kernel {

// First mount point of `type` in the text of /proc/PID/mountinfo (proc(5)); octal escapes are decoded.
std::optional<std::string> find_mount(const std::string& mountinfo, const std::string& type);

// Where all daemons pin, below bpffs.
inline constexpr std::string_view bpffs_directory = "/realpeer";

// Mount point of bpffs, likewise. Where only the daemons' directory of it is mounted (a container, a hardened unit), as
// BPFFS/realpeer, it is BPFFS all the same.
std::optional<std::string> find_bpffs(const std::string& mountinfo);

// Directory of a process's cgroup of version 2, from the texts of its /proc/PID/mountinfo and cgroup. Of several mounts
// of the hierarchy the one that shows it: a container may have its own cgroup and, beside it, those of the host.
std::optional<std::string> find_own_cgroup(const std::string& mountinfo, const std::string& cgroups);

// The bpffs of this process. Mounts one at /sys/fs/bpf where none is there and that is allowed.
Result<std::string> bpffs();

// As bpffs(), without mounting.
std::optional<std::string> existing_bpffs();

// Directory of the cgroup2 hierarchy, and of this process's own cgroup in it.
Result<std::string> cgroup2_mount();
Result<std::string> own_cgroup();

// Whether a directory is the root of the hierarchy itself. In a container the mount point often is not: it shows the
// container's own cgroup.
bool is_cgroup_root(const std::string& directory);

}  // namespace realpeer::kernel
