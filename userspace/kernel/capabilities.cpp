#include "kernel/capabilities.h"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string_view>

#include "kernel/mounts.h"

namespace realpeer::kernel {
namespace {

Finding kernel_version() {
  utsname name{};
  ::uname(&name);
  const std::string actual = actual_release(name.release, name.version);
  Finding finding{.question = "kernel", .yes = true, .detail = name.release, .remedy = {}};
  if (actual != name.release) finding.detail += ", which is " + actual.substr(0, actual.find(' '));
  const auto version = parse_version(actual);
  if (!version) return finding;
  finding.remedy = known_defects(*version);
  finding.yes = finding.remedy.empty();
  return finding;
}

Finding btf() {
  const bool there = ::access("/sys/kernel/btf/vmlinux", R_OK) == 0;
  return {.question = "kernel type information (BTF)",
          .yes = there,
          .detail = there ? "/sys/kernel/btf/vmlinux" : "/sys/kernel/btf/vmlinux is not there",
          .remedy = there ? "" : "run a kernel built with CONFIG_DEBUG_INFO_BTF (Debian's are)"};
}

std::uint64_t effective_capabilities() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) return std::stoull(line.substr(7), nullptr, 16);
  }
  return 0;
}

Finding capabilities() {
  struct Needed {
    unsigned bit;
    std::string_view name;
  };
  static constexpr std::array needed{Needed{CAP_BPF, "CAP_BPF"}, Needed{CAP_NET_ADMIN, "CAP_NET_ADMIN"},
                                     Needed{CAP_PERFMON, "CAP_PERFMON"}};
  const std::uint64_t held = effective_capabilities();
  std::string missing;
  for (const auto& capability : needed) {
    if ((held >> capability.bit & 1U) == 0) missing += (missing.empty() ? "" : ", ") + std::string(capability.name);
  }
  return {.question = "capabilities",
          .yes = missing.empty(),
          .detail = missing.empty() ? "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON" : "missing: " + missing,
          .remedy = missing.empty() ? "" : "run as root, or grant them (systemd: AmbientCapabilities=; setcap)"};
}

Finding cgroups() {
  const auto cgroup = own_cgroup();
  return {.question = "cgroup2",
          .yes = cgroup.has_value(),
          .detail = cgroup ? *cgroup : cgroup.error().text,
          .remedy = cgroup ? "" : "mount it; without it clients are not recorded for `realpeer whois`"};
}

// In the directory of all daemons, or where this one would make it.
bool may_pin(const std::string& bpffs) {
  const std::string daemons = bpffs + std::string(bpffs_directory);
  const std::string& place = ::access(daemons.c_str(), F_OK) == 0 ? daemons : bpffs;
  return ::access(place.c_str(), R_OK | W_OK | X_OK) == 0;
}

Finding bpf_filesystem() {
  const auto mounted = existing_bpffs();
  const bool mountable = !mounted && ::geteuid() == 0 && ::access("/sys/fs/bpf", F_OK) == 0;
  if (mounted && !may_pin(*mounted)) {
    return {.question = "bpffs",
            .yes = false,
            .detail = *mounted + ", where this user may pin nothing: no `realpeer whois`, no admission",
            .remedy = "run it as the service that comes with the package, or as root"};
  }
  return {.question = "bpffs",
          .yes = mounted.has_value() || mountable,
          .detail = mounted     ? *mounted
                    : mountable ? "not mounted yet; run mounts it"
                                : "not mounted",
          .remedy = mounted || mountable ? "" : "as root: mount -t bpf bpf /sys/fs/bpf"};
}

Finding descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const bool enough = limit.rlim_max >= 4096;
  return {.question = "descriptors",
          .yes = enough,
          .detail = "at most " + std::to_string(limit.rlim_max) + ", two per connection",
          .remedy = enough ? "" : "raise LimitNOFILE (systemd) or ulimit -Hn"};
}

}  // namespace

std::optional<KernelVersion> parse_version(const std::string& release) {
  KernelVersion version;
  // NOLINTNEXTLINE(cert-err34-c): a malformed release gives fewer fields, which is the check
  if (std::sscanf(release.c_str(), "%u.%u.%u", &version.major, &version.minor, &version.patch) < 2) return std::nullopt;
  return version;
}

std::string actual_release(const std::string& release, const std::string& version) {
  constexpr std::string_view debian = " Debian ";
  const auto found = version.find(debian);
  return found == std::string::npos ? release : version.substr(found + debian.size());
}

std::string known_defects(const KernelVersion& version) {
  static constexpr std::string_view unsafe = "sockets in a socket map can crash this kernel or lose data: ";
  const auto older = [&](unsigned patch) { return version.patch < patch; };
  if (version.major < 6 || (version.major == 6 && version.minor < 1)) {
    return std::string(unsafe) + "run 6.1.191, 6.12.81 or newer";
  }
  if (version.major == 6 && version.minor == 1 && older(191)) return std::string(unsafe) + "update to 6.1.191";
  if (version.major == 6 && version.minor == 12 && older(81)) return std::string(unsafe) + "update to 6.12.81";
  return {};
}

std::vector<Finding> examine_host() {
  return {kernel_version(), btf(), capabilities(), cgroups(), bpf_filesystem(), descriptors()};
}

}  // namespace realpeer::kernel
