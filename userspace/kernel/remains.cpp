#include "kernel/remains.h"

#include <algorithm>
#include <filesystem>

#include "kernel/cgroup.h"
#include "kernel/instance.h"
#include "kernel/interface.h"
#include "kernel/mounts.h"
#include "kernel/tc_filter.h"

namespace realpeer::kernel {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) names.push_back(entry.path().filename());
  return names;
}

void note(Cleaning& cleaning, const std::string& what, const std::error_code& error) {
  if (error) {
    cleaning.failed.push_back(what + ": " + error.message());
  } else {
    cleaning.removed.push_back(what);
  }
}

void remove_filters(const std::string& node, Cleaning& cleaning) {
  for (const auto& interface : interfaces()) {
    const auto removed = TcFilter::remove(interface, node);
    if (!removed) {
      cleaning.failed.push_back(removed.error().text);
    } else if (*removed) {
      cleaning.removed.push_back("the filter of node '" + node + "' on " + interface.name);
    }
  }
}

void remove_cgroups(const std::vector<std::string>& living, Cleaning& cleaning) {
  const auto mount = cgroup2_mount();
  if (!mount) return;
  std::error_code ignored;
  for (auto entry = fs::recursive_directory_iterator(*mount, ignored); entry != fs::recursive_directory_iterator();
       entry.increment(ignored)) {
    if (!entry->is_directory(ignored)) continue;
    const std::string name = entry->path().filename();
    if (!name.starts_with(cgroup_prefix)) continue;
    const std::string node = name.substr(cgroup_prefix.size());
    if (std::ranges::find(living, node) != living.end()) continue;
    std::error_code error;
    const bool removed = fs::remove(entry->path(), error);
    if (error == std::errc::device_or_resource_busy) continue;  // somebody is in it: a daemon with another bpffs
    if (removed || error) note(cleaning, "cgroup " + entry->path().string(), error);
  }
}

}  // namespace

Result<Cleaning> remove_remains() {
  Cleaning cleaning;
  if (const auto bpffs = existing_bpffs()) {
    const fs::path root = *bpffs + "/realpeer";
    cleaning.living = living_instances(*bpffs);
    for (const auto& node : names_in(root)) {
      if (std::ranges::find(cleaning.living, node) != cleaning.living.end()) continue;
      remove_filters(node, cleaning);
      // Claimed first, so that a daemon that starts at this moment is not swept away; it goes with its claim.
      const auto claimed = Instance::claim(*bpffs, node);
      if (claimed) {
        cleaning.removed.push_back("pins in " + claimed->path());
      } else {
        cleaning.failed.push_back(claimed.error().text);
      }
    }
  }
  remove_cgroups(cleaning.living, cleaning);
  return cleaning;
}

}  // namespace realpeer::kernel
