// What this host and this process may do, asked one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace realpeer::kernel {

// One question and its answer; a "no" carries its cause and its remedy.
struct Finding {
  std::string question;
  bool yes = false;
  std::string detail;  // what was found
  std::string remedy;  // empty when yes
};

struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;

  auto operator<=>(const KernelVersion&) const = default;
};

// The release that was built, from utsname's two fields. Debian's own names its ABI ("6.1.0-13-amd64"), and the version
// says what it is: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)".
std::string actual_release(const std::string& release, const std::string& version);

// "6.1.0-13-amd64" → 6.1.0.
std::optional<KernelVersion> parse_version(const std::string& release);

// Why sockets in a socket map are known to be unsafe on this version; empty where they are not. From the stable
// releases' changelogs: use-after-free and data-loss fixes, see docs/architecture.md.
std::string known_defects(const KernelVersion& version);

// Kernel version, BTF, capabilities, cgroup2, bpffs, descriptors. Changes nothing on the host.
std::vector<Finding> examine_host();

}  // namespace realpeer::kernel
