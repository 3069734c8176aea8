#include "kernel/layout.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "bpf/shared.h"
#include "kernel/fd.h"

namespace realpeer::kernel {

Result<void> pin_layout(const Instance& instance) {
  const std::string pin = instance.new_pin(layout_pin);
  const UniqueFd map(
      bpf_map_create(BPF_MAP_TYPE_ARRAY, "realpeer_layout", sizeof(std::uint32_t), sizeof(std::uint32_t), 1, nullptr));
  const std::uint32_t first = 0;
  const std::uint32_t version = REALPEER_LAYOUT_VERSION;
  const bool made = map.valid() && bpf_map_update_elem(map.get(), &first, &version, BPF_ANY) == 0;
  if (!made || (bpf_obj_pin(map.get(), pin.c_str()) != 0 && errno != EEXIST)) {
    return describe("cannot pin the version of the maps at " + pin, errno);
  }
  return {};
}

Result<void> check_layout(const std::string& directory) {
  const std::string pin = directory + "/" + layout_pin;
  const UniqueFd map(bpf_obj_get(pin.c_str()));
  if (!map.valid()) {
    if (errno == ENOENT) return {};  // on its way in or out
    return describe("cannot open " + pin + " (needs CAP_BPF, or root)", errno);
  }
  const std::uint32_t first = 0;
  std::uint32_t version = 0;
  if (bpf_map_lookup_elem(map.get(), &first, &version) != 0) return describe("cannot read " + pin, errno);
  if (version == REALPEER_LAYOUT_VERSION) return {};
  return Error::because(directory + " has maps of layout " + std::to_string(version) +
                        ", and this program reads layout " + std::to_string(REALPEER_LAYOUT_VERSION) +
                        ": ask with the realpeer that runs there, or make it this one (realpeer upgrade)");
}

}  // namespace realpeer::kernel
