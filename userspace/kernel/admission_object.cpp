#include "kernel/admission_object.h"

#include <admission.skel.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>

namespace realpeer::kernel {

Result<std::unique_ptr<AdmissionObject>> AdmissionObject::load(const Sizes& sizes) {
  admission_bpf* skeleton = admission_bpf__open();
  if (skeleton == nullptr) return describe("cannot open the admission object", errno);
  std::unique_ptr<AdmissionObject> object(new AdmissionObject(skeleton));
  int failed = bpf_map__set_max_entries(skeleton->maps.sources, sizes.sources);
  if (failed == 0) failed = bpf_map__set_max_entries(skeleton->maps.bans, sizes.bans);
  if (failed != 0) return describe("cannot size the admission maps", -failed);
  failed = admission_bpf__load(skeleton);
  if (failed != 0) {
    const bool denied = failed == -EPERM || failed == -EACCES;
    return describe(std::string("cannot load the admission programs") +
                        (denied ? " (needs CAP_BPF and CAP_NET_ADMIN, or root)" : " (log: {level: debug} has more)"),
                    -failed);
  }
  return object;
}

AdmissionObject::~AdmissionObject() { admission_bpf__destroy(skeleton_); }

int AdmissionObject::listeners() const { return bpf_map__fd(skeleton_->maps.listeners); }
int AdmissionObject::networks() const { return bpf_map__fd(skeleton_->maps.networks); }
int AdmissionObject::syn_rates() const { return bpf_map__fd(skeleton_->maps.syn_rates); }
int AdmissionObject::sources() const { return bpf_map__fd(skeleton_->maps.sources); }
int AdmissionObject::bans() const { return bpf_map__fd(skeleton_->maps.bans); }
int AdmissionObject::counters() const { return bpf_map__fd(skeleton_->maps.counters); }
int AdmissionObject::admit_xdp() const { return bpf_program__fd(skeleton_->progs.admit_xdp); }
int AdmissionObject::admit_tc() const { return bpf_program__fd(skeleton_->progs.admit_tc); }
int AdmissionObject::admit_tc_l3() const { return bpf_program__fd(skeleton_->progs.admit_tc_l3); }
std::uint32_t& AdmissionObject::generation() const { return skeleton_->bss->generation; }

}  // namespace realpeer::kernel
