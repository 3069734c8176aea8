#include "kernel/admission.h"

#include <bpf/bpf.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "kernel/layout.h"
#include "kernel/per_cpu.h"

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
  return sum_per_cpu<REALPEER_ADMISSION_COUNT>(object.counters(), "the admission counters");
}

namespace {

// Of the daemon that is taken over from, if it has any.
void copy_bans(const std::string& pin, const Bans& into) {
  const auto others = Bans::open(pin);
  const auto bans = others ? others->list() : Result<std::vector<Ban>>(others.error());
  if (!bans) {
    if (::access(pin.c_str(), F_OK) == 0) spdlog::warn("bans of before are not in force: {}", bans.error().text);
    return;
  }
  for (const auto& ban : *bans) {
    if (const auto added = into.add(ban.source, ban.remaining, static_cast<realpeer_ban_reason>(ban.reason)); !added) {
      spdlog::warn("a ban is lost: {}", added.error().text);
    }
  }
}

}  // namespace

Result<std::unique_ptr<Admission>> Admission::load(const Instance& instance, const AdmissionObject::Sizes& sizes) {
  auto object = AdmissionObject::load(sizes);
  if (!object) return object.error();
  if (auto pinned = pin_layout(instance); !pinned) return pinned.error();
  auto bans = Bans::of((*object)->bans());
  if (!bans) return bans.error();
  // One that was left by an attempt that came to nothing.
  ::unlink(instance.new_pin(bans_pin).c_str());
  if (bpf_obj_pin((*object)->bans(), instance.new_pin(bans_pin).c_str()) != 0) {
    return describe("cannot pin the bans at " + instance.new_pin(bans_pin), errno);
  }
  if (instance.new_pin(bans_pin) != instance.pin(bans_pin)) copy_bans(instance.pin(bans_pin), *bans);
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

Result<void> Admission::inherit(const std::string& interface, UniqueFd link, AdmissionMode mode, std::string reason) {
  auto ours = AdmissionLink::inherit(*object_, interface, std::move(link), mode, std::move(reason));
  if (!ours) return ours.error();
  links_.emplace(interface, std::move(*ours));
  return {};
}

Result<AdmissionCounters> Admission::counters() const { return read_counters(*object_); }

}  // namespace realpeer::kernel
