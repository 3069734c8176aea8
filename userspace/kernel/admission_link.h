// The attachment of admission to one interface.
#pragma once

#include <linux/bpf.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "kernel/admission_object.h"
#include "kernel/fd.h"
#include "kernel/interface.h"
#include "kernel/result.h"
#include "kernel/tc_filter.h"

namespace realpeer::kernel {

enum class AdmissionMode : std::uint8_t {
  automatic,  // native where driver and device have it and XDP is free, else tc; never generic
  native,     // XDP in the driver, before a buffer is allocated
  generic,    // XDP after that: works with every Ethernet driver, and is slower than tc
  tc,         // by tcx, or a clsact filter where the kernel (before 6.6) has none
};

std::string_view to_string(AdmissionMode mode);  // "native"
std::optional<AdmissionMode> admission_mode(std::string_view text);

struct ForeseenAdmission {
  bool possible = false;
  std::string text;  // the mode, and why it is not a better one; or why there is none
};
// What attach() would make of the interface, without attaching anything.
ForeseenAdmission foresee_admission(const Interface& interface, AdmissionMode mode);

// Detached when it is destroyed. Except for a clsact filter, which stays until the next start, it is so too when the
// process dies. Destroy it in the network namespace it was made in.
class AdmissionLink {
 public:
  // `instance` names this daemon among others on the host. Some drivers stop the interface for a moment when native XDP
  // comes or goes.
  static Result<AdmissionLink> attach(const AdmissionObject& object, const std::string& interface, AdmissionMode mode,
                                      const std::string& instance);

  // The link of another daemon of this node, by a copy of its descriptor: from one packet to the next this object's
  // programs judge in place of the other's. It is detached when neither has it any more. A clsact filter is replaced
  // by attach() just so.
  static Result<AdmissionLink> inherit(const AdmissionObject& object, const std::string& interface, UniqueFd link,
                                       AdmissionMode mode, std::string reason);
  // -1 for a clsact filter, which has none.
  [[nodiscard]] int descriptor() const;

  // Which was taken: never automatic.
  [[nodiscard]] AdmissionMode mode() const { return mode_; }
  // The mode, and why it is not a better one: "native", "tc: wt0 has no Ethernet header".
  [[nodiscard]] const std::string& reason() const { return reason_; }
  // Index of the interface it is attached to at this moment; nothing when that has gone, or somebody detached it.
  [[nodiscard]] std::optional<int> interface() const;

 private:
  using Hold = std::variant<UniqueFd, TcFilter>;
  AdmissionLink(Hold hold, AdmissionMode mode, std::string reason)
      : hold_(std::move(hold)), mode_(mode), reason_(std::move(reason)) {}

  static Result<AdmissionLink> attach_tc(const AdmissionObject& object, const Interface& interface,
                                         const std::string& instance, std::string why);

  Hold hold_;
  AdmissionMode mode_;
  std::string reason_;
};

// BPF_TCX_INGRESS of linux/bpf.h from 6.6 on.
inline constexpr auto tcx_ingress = static_cast<bpf_attach_type>(46);

// Whether this kernel attaches TC programs by tcx; `program` is any TC program.
bool has_tcx(int program);

}  // namespace realpeer::kernel
