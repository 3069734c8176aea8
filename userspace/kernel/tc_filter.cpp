#include "kernel/tc_filter.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>

namespace realpeer::kernel {
namespace {

// Names of the programs of bpf/admission.bpf.c that are attached to TC.
bool is_ours(const Program& program) { return program.name == "admit_tc" || program.name == "admit_tc_l3"; }

bpf_tc_hook ingress_of(int index) {
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = index, .attach_point = BPF_TC_INGRESS);
  return hook;
}

// The program of the filter in this place; 0 when there is none. "Invalid argument" is what the kernel says of a chain
// that has no filter at all (net/sched/cls_api.c, tc_get_tfilter); where it means another kind of filter, attaching
// says so again.
Result<std::uint32_t> program_at(const bpf_tc_hook& hook, std::uint32_t handle) {
  LIBBPF_OPTS(bpf_tc_opts, place, .handle = handle, .priority = TcFilter::priority);
  const int failed = bpf_tc_query(&hook, &place);
  if (failed == 0) return place.prog_id;
  if (failed == -ENOENT || failed == -EINVAL) return 0U;
  return describe("cannot ask for the filter", -failed);
}

}  // namespace

std::uint32_t TcFilter::handle_of(const std::string& instance) {
  std::uint32_t hash = 2'166'136'261;
  for (const char c : instance) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16'777'619;
  return std::max(hash, 1U);
}

std::optional<std::uint32_t> TcFilter::program_of(const Interface& interface, const std::string& instance) {
  const auto program = program_at(ingress_of(interface.index), handle_of(instance));
  if (!program || *program == 0) return std::nullopt;
  return *program;
}

Result<bool> TcFilter::remove(const Interface& interface, const std::string& instance) {
  const auto present = program_of(interface, instance);
  if (!present || !is_ours(describe_program(*present))) return false;
  const bpf_tc_hook hook = ingress_of(interface.index);
  LIBBPF_OPTS(bpf_tc_opts, place, .handle = handle_of(instance), .priority = priority);
  if (const int failed = bpf_tc_detach(&hook, &place)) {
    return describe("the filter of node '" + instance + "' on " + interface.name, -failed);
  }
  return true;
}

Result<TcFilter> TcFilter::attach(const Interface& interface, int program, const std::string& instance) {
  const std::string what = "cannot attach to TC of " + interface.name;
  bpf_tc_hook hook = ingress_of(interface.index);
  const int made = bpf_tc_hook_create(&hook);
  if (made != 0 && made != -EEXIST) return describe(what + " (clsact qdisc)", -made);
  const std::uint32_t handle = handle_of(instance);
  const auto present = program_at(hook, handle);
  if (!present) return Error::because(what + ": " + present.error().text);
  if (*present != 0) {
    const auto other = describe_program(*present);
    if (!is_ours(other)) {
      return Error::because(what + ": program '" + other.name + "' (id " + std::to_string(other.id) +
                            "), which is not realpeer's, has priority " + std::to_string(priority) + ", handle " +
                            std::to_string(handle) + "; remove it, or give this daemon another `node:`");
    }
  }
  const std::uint32_t flags = *present != 0 ? std::uint32_t{BPF_TC_F_REPLACE} : 0;
  LIBBPF_OPTS(bpf_tc_opts, place, .prog_fd = program, .flags = flags, .handle = handle, .priority = priority);
  if (const int failed = bpf_tc_attach(&hook, &place)) return describe(what, -failed);
  return TcFilter(interface.index, handle, place.prog_id);
}

std::optional<int> TcFilter::interface() const {
  if (index_ == 0) return std::nullopt;
  const auto present = program_at(ingress_of(index_), handle_);
  if (!present || *present != id_) return std::nullopt;
  return index_;
}

TcFilter::~TcFilter() {
  if (!interface()) return;
  const bpf_tc_hook hook = ingress_of(index_);
  LIBBPF_OPTS(bpf_tc_opts, place, .handle = handle_, .priority = priority);
  // Fails when the interface has gone, and the filter with it.
  bpf_tc_detach(&hook, &place);
}

}  // namespace realpeer::kernel
