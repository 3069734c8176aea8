#include "kernel/admission.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <filesystem>
#include <numeric>
#include <vector>

namespace realpeer::kernel {

std::string_view to_string(realpeer_admission admission) {
  switch (admission) {
    case REALPEER_ADMITTED: return "admitted";
    case REALPEER_UNMEASURED: return "unmeasured";
    case REALPEER_NOT_LOCAL: return "not_local";
    case REALPEER_FRAGMENT: return "fragment";
    case REALPEER_TRUNCATED: return "truncated";
    case REALPEER_MALFORMED: return "malformed";
    case REALPEER_TOO_DEEP: return "too_deep";
    case REALPEER_NO_RULES: return "no_rules";
    case REALPEER_BANNED: return "banned";
    case REALPEER_DENIED: return "denied";
    case REALPEER_UNTRUSTED: return "untrusted";
    case REALPEER_SYN_RATE: return "syn_rate";
    case REALPEER_ADMISSION_COUNT: break;
  }
  return "unknown";
}

bool is_drop(realpeer_admission admission) {
  return admission >= REALPEER_FIRST_DROP && admission < REALPEER_ADMISSION_COUNT;
}

Result<AdmissionCounters> read_counters(const AdmissionObject& object) {
  const int processors = libbpf_num_possible_cpus();
  if (processors < 0) return describe("cannot count processors", -processors);
  AdmissionCounters counters{};
  std::vector<std::uint64_t> of_each(static_cast<std::size_t>(processors));
  for (std::uint32_t admission = 0; admission < counters.size(); ++admission) {
    if (bpf_map_lookup_elem(object.counters(), &admission, of_each.data()) != 0) {
      return describe("cannot read the admission counters", errno);
    }
    counters.at(admission) = std::accumulate(of_each.begin(), of_each.end(), std::uint64_t{0});
  }
  return counters;
}

Result<std::unique_ptr<Admission>> Admission::load(const Instance& instance, const AdmissionObject::Sizes& sizes) {
  auto object = AdmissionObject::load(sizes);
  if (!object) return object.error();
  auto bans = Bans::of((*object)->bans());
  if (!bans) return bans.error();
  if (bpf_obj_pin((*object)->bans(), instance.pin(bans_pin).c_str()) != 0) {
    return describe("cannot pin the bans at " + instance.pin(bans_pin), errno);
  }
  return std::unique_ptr<Admission>(
      new Admission(std::move(*object), std::move(*bans), std::filesystem::path(instance.path()).filename()));
}

Result<const AdmissionLink*> Admission::attach(const std::string& interface, AdmissionMode mode) {
  // First gone, then made: two XDP programs do not fit one interface.
  detach(interface);
  auto link = AdmissionLink::attach(*object_, interface, mode, instance_);
  if (!link) return link.error();
  return &links_.emplace(interface, std::move(*link)).first->second;
}

Result<AdmissionCounters> Admission::counters() const { return read_counters(*object_); }

}  // namespace realpeer::kernel
