#include "kernel/admission_owner.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include <algorithm>
#include <array>
#include <optional>

#include "kernel/admission_link.h"
#include "kernel/bans.h"
#include "kernel/fd.h"
#include "kernel/instance.h"
#include "kernel/mounts.h"
#include "kernel/tc_filter.h"

namespace realpeer::kernel {
namespace {

constexpr std::uint32_t most_programs = 64;  // of one interface's tcx
constexpr std::uint32_t most_maps = 64;      // of one program

struct Daemon {
  std::string node;
  std::uint32_t bans;  // id of the map, which its programs have in common
};

// Those with admission.
std::vector<Daemon> daemons() {
  std::vector<Daemon> found;
  const auto bpffs = existing_bpffs();
  if (!bpffs) return found;
  for (const auto& node : living_instances(*bpffs)) {
    const UniqueFd map(bpf_obj_get((*bpffs + "/realpeer/" + node + "/" + bans_pin).c_str()));
    bpf_map_info info{};
    std::uint32_t length = sizeof(info);
    if (map.valid() && bpf_obj_get_info_by_fd(map.get(), &info, &length) == 0) found.push_back({node, info.id});
  }
  return found;
}

bool uses(std::uint32_t program, std::uint32_t map) {
  const UniqueFd fd(bpf_prog_get_fd_by_id(program));
  std::array<std::uint32_t, most_maps> maps{};
  bpf_prog_info info{};
  info.map_ids = reinterpret_cast<std::uintptr_t>(maps.data());
  info.nr_map_ids = most_maps;
  std::uint32_t length = sizeof(info);
  if (!fd.valid() || bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0) return false;
  const auto count = std::min(info.nr_map_ids, most_maps);
  return std::find(maps.begin(), maps.begin() + count, map) != maps.begin() + count;
}

struct Attached {
  std::uint32_t program;
  std::string mode;
};

std::vector<Attached> programs_on(const Interface& interface, const std::vector<Daemon>& daemons) {
  std::vector<Attached> found;
  if (const auto xdp = attached_xdp(interface)) found.push_back({xdp->id, xdp->native ? "native" : "generic"});
  std::array<std::uint32_t, most_programs> ids{};
  std::uint32_t count = ids.size();
  // Kernels without tcx refuse the question.
  if (bpf_prog_query(interface.index, tcx_ingress, 0, nullptr, ids.data(), &count) != 0) count = 0;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(count, ids.size()); ++i) found.push_back({ids.at(i), "tc"});
  for (const auto& daemon : daemons) {
    if (const auto program = TcFilter::program_of(interface, daemon.node)) found.push_back({*program, "tc"});
  }
  return found;
}

}  // namespace

std::vector<AttachedAdmission> attached_admission(const Interface& interface) {
  std::vector<AttachedAdmission> found;
  const auto all = daemons();
  if (all.empty()) return found;
  for (const auto& [program, mode] : programs_on(interface, all)) {
    for (const auto& daemon : all) {
      if (uses(program, daemon.bans)) found.push_back({mode, daemon.node});
    }
  }
  return found;
}

}  // namespace realpeer::kernel
