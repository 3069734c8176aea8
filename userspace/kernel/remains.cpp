#include "kernel/remains.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

void remove_instance(const std::string& bpffs, const std::string& node, Cleaning& cleaning) {
  // Claimed first, so that a daemon of this name that starts meanwhile is not swept away. The pins go with the claim.
  const auto claimed = Instance::claim(bpffs, node);
  if (!claimed && claimed.error().by_another) {
    cleaning.living.push_back(node);
  } else if (!claimed) {
    cleaning.failed.push_back(claimed.error().text);
  } else {
    remove_filters(node, cleaning);
    cleaning.removed.push_back("pins in " + claimed->path());
  }
}

// All of them first: a walk does not survive that what it stands on is removed.
std::vector<fs::path> find_cgroups(const std::string& mount, Cleaning& cleaning) {
  std::vector<fs::path> found;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(mount, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (!entry->is_directory(gone)) continue;
    if (entry->path().filename().string().starts_with(cgroup_prefix)) found.push_back(entry->path());
  }
  if (error) cleaning.failed.push_back("cgroups: " + mount + " cannot be searched: " + error.message());
  return found;
}

void remove_cgroups(Cleaning& cleaning) {
  const auto mount = cgroup2_mount();
  if (!mount) return;
  for (const auto& path : find_cgroups(*mount, cleaning)) {
    const std::string node = path.filename().string().substr(cgroup_prefix.size());
    if (std::ranges::find(cleaning.living, node) != cleaning.living.end()) continue;
    std::error_code error;
    const bool removed = fs::remove(path, error);
    if (error == std::errc::device_or_resource_busy) continue;  // somebody is in it: a daemon with another bpffs
    if (removed || error) note(cleaning, "cgroup " + path.string(), error);
  }
}

}  // namespace

Cleaning remove_remains() {
  Cleaning cleaning;
  if (const auto bpffs = existing_bpffs()) {
    if (::access(bpffs->c_str(), R_OK | W_OK | X_OK) != 0) {
      cleaning.failed.push_back("pins: " + describe(*bpffs, errno).text);
      return cleaning;
    }
    for (const auto& node : names_in(*bpffs + "/realpeer")) remove_instance(*bpffs, node, cleaning);
  }
  remove_cgroups(cleaning);
  return cleaning;
}

}  // namespace realpeer::kernel
