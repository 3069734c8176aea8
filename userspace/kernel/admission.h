// Admission: SYNs are judged by the kernel before a socket exists. docs/admission.md says where and by what.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "bpf/shared.h"
#include "kernel/admission_link.h"
#include "kernel/admission_object.h"
#include "kernel/admission_rules.h"
#include "kernel/bans.h"
#include "kernel/instance.h"
#include "kernel/result.h"

namespace realpeer::kernel {

// Label of metrics and status: "admitted", "syn_rate".
std::string_view to_string(realpeer_admission admission);
bool is_drop(realpeer_admission admission);

// Packets so far, by enum realpeer_admission.
using AdmissionCounters = std::array<std::uint64_t, REALPEER_ADMISSION_COUNT>;

// Owner of programs, rules, bans and attachments. One thread; the bans are thread-safe.
class Admission {
 public:
  // Loads, and pins the bans in the instance's directory, which must outlive it. Those that a daemon of whom this one
  // takes over has imposed are in force here as well. Passes everything until rules are
  // applied, and sees nothing until it is attached.
  static Result<std::unique_ptr<Admission>> load(const Instance& instance, const AdmissionObject::Sizes& sizes = {});

  Result<void> apply(const AdmissionRules& rules) { return kernel::apply(*object_, rules); }

  // The link, which stays until detach() or destruction; attaching an interface again replaces its link.
  Result<const AdmissionLink*> attach(const std::string& interface, AdmissionMode mode);
  void detach(const std::string& interface) { links_.erase(interface); }
  // AdmissionLink::inherit().
  Result<void> inherit(const std::string& interface, UniqueFd link, AdmissionMode mode, std::string reason);
  [[nodiscard]] const std::map<std::string, AdmissionLink>& links() const { return links_; }

  [[nodiscard]] Result<AdmissionCounters> counters() const;
  [[nodiscard]] const Bans& bans() const { return bans_; }
  [[nodiscard]] const AdmissionObject& object() const { return *object_; }

 private:
  Admission(std::unique_ptr<AdmissionObject> object, Bans bans, std::string instance)
      : object_(std::move(object)), bans_(std::move(bans)), instance_(std::move(instance)) {}

  std::unique_ptr<AdmissionObject> object_;
  Bans bans_;
  std::string instance_;
  std::map<std::string, AdmissionLink> links_;  // by interface
};

// Sums of the counters over all processors.
Result<AdmissionCounters> read_counters(const AdmissionObject& object);

}  // namespace realpeer::kernel
