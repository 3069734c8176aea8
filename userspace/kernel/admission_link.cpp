#include "kernel/admission_link.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>

#include <cerrno>
#include <limits>

namespace realpeer::kernel {
namespace {

constexpr std::uint32_t before_others = 1U << 3U;  // BPF_F_BEFORE of linux/bpf.h from 6.6 on

std::string in_words(const Program& program) {
  return "program '" + program.name + "' (id " + std::to_string(program.id) + ")";
}

// Why XDP is out of the question on this interface, where it is; empty otherwise.
std::string no_xdp(const Interface& interface) {
  if (interface.header != LinkHeader::ethernet) return interface.name + " has no Ethernet header";
  if (const auto other = attached_xdp(interface)) return "XDP is taken by " + in_words(*other);
  return {};
}

UniqueFd link_xdp(int program, const Interface& interface, std::uint32_t flags) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .flags = flags);
  return UniqueFd(bpf_link_create(program, interface.index, BPF_XDP, &options));
}

UniqueFd link_tcx(int program, int index) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .flags = before_others);
  return UniqueFd(bpf_link_create(program, index, tcx_ingress, &options));
}

Error xdp_error(const Interface& interface, AdmissionMode mode, int error) {
  const std::string what = "cannot attach XDP to " + interface.name;
  if (interface.header != LinkHeader::ethernet) {
    return Error::because(what + ": it has no Ethernet header; use `mode: tc`");
  }
  if (const auto other = attached_xdp(interface)) {
    return Error::because(what + ": " + in_words(*other) + " is attached already; use `mode: tc`, or detach it");
  }
  if (error == EOPNOTSUPP && mode == AdmissionMode::native) {
    return Error::because(what + ": the driver has no native XDP; use `mode: tc`");
  }
  return describe(what + " (`mode: tc` needs nothing of the driver)", error);
}

}  // namespace

std::string_view to_string(AdmissionMode mode) {
  switch (mode) {
    case AdmissionMode::automatic: return "auto";
    case AdmissionMode::native: return "native";
    case AdmissionMode::generic: return "generic";
    case AdmissionMode::tc: return "tc";
  }
  return "";
}

std::optional<AdmissionMode> admission_mode(std::string_view text) {
  for (const auto mode : {AdmissionMode::native, AdmissionMode::generic, AdmissionMode::tc}) {
    if (to_string(mode) == text) return mode;
  }
  return std::nullopt;
}

bool has_tcx(int program) {
  // No such interface: a kernel with tcx finds that out, and others what they were asked for.
  const UniqueFd link = link_tcx(program, std::numeric_limits<int>::max());
  return !link.valid() && errno == ENODEV;
}

ForeseenAdmission foresee_admission(const Interface& interface, AdmissionMode mode) {
  if (interface.header == LinkHeader::unknown) return {false, "admission cannot read what this kind of device carries"};
  if (mode == AdmissionMode::tc) return {true, "tc"};
  const bool automatic = mode == AdmissionMode::automatic;
  const std::string tc = automatic ? "tc: " : "";
  if (const auto why = no_xdp(interface); !why.empty()) return {automatic, tc + why};
  if (mode == AdmissionMode::generic) return {true, "generic"};
  const auto native = has_native_xdp(interface);
  if (!native) {
    return {true, std::string("native, ") + (automatic ? "or tc " : "") +
                      "unless the driver has no native XDP: this kernel does not tell before it is tried"};
  }
  if (*native) return {true, "native"};
  return {automatic, tc + "the driver has no native XDP"};
}

Result<AdmissionLink> AdmissionLink::inherit(const AdmissionObject& object, const std::string& name, UniqueFd link,
                                             AdmissionMode mode, std::string reason) {
  const auto interface = find_interface(name);
  if (!interface) return interface.error();
  const int of_tc = interface->header == LinkHeader::none ? object.admit_tc_l3() : object.admit_tc();
  const int program = mode == AdmissionMode::tc ? of_tc : object.admit_xdp();
  if (bpf_link_update(link.get(), program, nullptr) != 0) return describe("cannot judge by the link on " + name, errno);
  return AdmissionLink(std::move(link), mode, std::move(reason));
}

int AdmissionLink::descriptor() const {
  const auto* link = std::get_if<UniqueFd>(&hold_);
  return link == nullptr ? -1 : link->get();
}

std::optional<int> AdmissionLink::interface() const {
  if (const auto* filter = std::get_if<TcFilter>(&hold_)) return filter->interface();
  bpf_link_info info{};
  std::uint32_t length = sizeof(info);
  const int link = std::get<UniqueFd>(hold_).get();
  // XDP and tcx have their index in one place; it becomes 0.
  if (bpf_obj_get_info_by_fd(link, &info, &length) != 0 || info.xdp.ifindex == 0) return std::nullopt;
  return static_cast<int>(info.xdp.ifindex);
}

Result<AdmissionLink> AdmissionLink::attach_tc(const AdmissionObject& object, const Interface& interface,
                                               const std::string& instance, std::string why) {
  const int program = interface.header == LinkHeader::none ? object.admit_tc_l3() : object.admit_tc();
  std::string reason = why.empty() ? "tc" : "tc: " + std::move(why);
  if (has_tcx(program)) {
    UniqueFd link = link_tcx(program, interface.index);
    if (!link.valid()) return describe("cannot attach to TC of " + interface.name, errno);
    return AdmissionLink(std::move(link), AdmissionMode::tc, std::move(reason));
  }
  auto filter = TcFilter::attach(interface, program, instance);
  if (!filter) return filter.error();
  return AdmissionLink(std::move(*filter), AdmissionMode::tc, std::move(reason));
}

Result<AdmissionLink> AdmissionLink::attach(const AdmissionObject& object, const std::string& name, AdmissionMode mode,
                                            const std::string& instance) {
  const auto interface = find_interface(name);
  if (!interface) return interface.error();
  if (interface->header == LinkHeader::unknown) {
    return Error::because("cannot attach to " + name + ": admission cannot read what this kind of device carries");
  }
  if (mode == AdmissionMode::tc) return attach_tc(object, *interface, instance, {});
  const bool automatic = mode == AdmissionMode::automatic;
  if (automatic) {
    if (auto why = no_xdp(*interface); !why.empty()) return attach_tc(object, *interface, instance, std::move(why));
    mode = AdmissionMode::native;
  }
  if (interface->header != LinkHeader::ethernet) return xdp_error(*interface, mode, 0);
  const bool native = mode == AdmissionMode::native;
  UniqueFd link = link_xdp(object.admit_xdp(), *interface, native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
  if (link.valid()) return AdmissionLink(std::move(link), mode, native ? "native" : "generic");
  const int error = errno;
  if (!automatic) return xdp_error(*interface, mode, error);
  return attach_tc(
      object, *interface, instance,
      error == EOPNOTSUPP ? "the driver has no native XDP" : describe("the driver refuses native XDP", error).text);
}

}  // namespace realpeer::kernel
