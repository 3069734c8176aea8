#include "session/admission.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/scalars.h"
#include "kernel/interface.h"

namespace realpeer::session {
namespace {

using policy::RejectReason;

// Whom the listener trusts. The list is not used, and may be anything, where no header is believed.
std::vector<net::Cidr> trusted_by(const config::Listener& listener) {
  if (listener.trust.accept_proxy == policy::AcceptProxy::off) return {};
  return listener.trust.trusted_cidrs;
}

Refusal denied(std::string detail) {
  return {.reason = RejectReason::client_denied, .detail = std::move(detail), .looks_like = {}};
}

}  // namespace

kernel::AdmissionMode mode_of(config::AdmissionMode mode) {
  switch (mode) {
    case config::AdmissionMode::automatic: break;
    case config::AdmissionMode::native: return kernel::AdmissionMode::native;
    case config::AdmissionMode::generic: return kernel::AdmissionMode::generic;
    case config::AdmissionMode::tc: return kernel::AdmissionMode::tc;
  }
  return kernel::AdmissionMode::automatic;
}

kernel::AdmissionRules admission_rules(const config::Config& config) {
  kernel::AdmissionRules rules{.listeners = {}, .denied = config.admission.denied_cidrs, .syn_rate = {}};
  for (const auto& listener : config.listeners) {
    // Two links may have one such address: those are judged by the daemon alone.
    if (listener.bind.address().is_v6() && listener.bind.address().to_v6().is_link_local()) continue;
    rules.listeners.push_back({.bind = listener.bind,
                               .drop_untrusted = listener.untrusted == config::Untrusted::drop,
                               .trusted = trusted_by(listener)});
  }
  if (const auto& rate = config.limits.per_source_syn) {
    rules.syn_rate = kernel::SynRate{.interval = rate->interval(), .burst = rate->burst};
  }
  return rules;
}

kernel::Result<std::unique_ptr<Admission>> Admission::start(const config::Config& config,
                                                            const kernel::Instance& instance) {
  auto kernel = kernel::Admission::load(instance);
  if (!kernel) return kernel.error();
  std::unique_ptr<Admission> admission(new Admission(std::move(*kernel)));
  if (instance.beside()) {
    admission->settings_ = config.admission;
    admission->rules_ = admission_rules(config);
    if (auto applied = admission->kernel_->apply(admission->rules_); !applied) return applied.error();
  } else if (auto judging = admission->reload(config); !judging) {
    return judging.error();
  }
  return admission;
}

void Admission::take_over(std::map<std::string, AdmissionHeritage> links) {
  const auto wanted = mode_of(settings_.mode);
  for (auto& [interface, left] : links) {
    const bool ours = std::ranges::find(settings_.interfaces, interface) != settings_.interfaces.end();
    // Generic XDP is nobody's choice but the operator's.
    const bool automatic = wanted == kernel::AdmissionMode::automatic && left.mode != kernel::AdmissionMode::generic;
    if (!ours || (!automatic && wanted != left.mode)) continue;
    const auto inherited = kernel_->inherit(interface, std::move(left.link), left.mode, left.reason);
    spdlog::info("admission on {}: {}", interface, inherited ? left.reason : inherited.error().text);
  }
  follow_interfaces();
}

void Admission::hand_over() {
  settings_.interfaces.clear();
  keep_only({});
}

std::vector<OfferedLink> Admission::offered() const {
  std::vector<OfferedLink> found;
  for (const auto& [interface, link] : kernel_->links()) {
    if (link.descriptor() >= 0) found.push_back({interface, link.descriptor(), link.mode(), link.reason()});
  }
  return found;
}

kernel::Result<void> Admission::reload(const config::Config& config) {
  auto rules = admission_rules(config);
  // Rules first: what is attached judges at once.
  auto done = kernel_->apply(rules);
  if (done) done = attach_all(config.admission);
  if (!done) {
    if (config.admission.mode != settings_.mode) keep_only({});
    keep_only(settings_.interfaces);
    follow_interfaces();
    if (const auto back = kernel_->apply(rules_); !back) spdlog::error("admission: {}", back.error().text);
    return done.error();
  }
  settings_ = config.admission;
  rules_ = std::move(rules);
  keep_only(settings_.interfaces);
  follow_interfaces();
  return {};
}

// What is attached already as it is asked for stays.
kernel::Result<void> Admission::attach_all(const config::Admission& settings) {
  for (const auto& interface : settings.interfaces) {
    const bool attached = kernel_->links().contains(interface) && settings.mode == settings_.mode;
    if (attached || !kernel::index_of(interface)) continue;  // follow_interfaces() says so
    if (auto attached_now = attach(interface, mode_of(settings.mode)); !attached_now) {
      return kernel::Error::because("admission on " + interface + ": " + attached_now.error().text);
    }
  }
  return {};
}

void Admission::keep_only(const std::vector<std::string>& interfaces) {
  std::vector<std::string> others;
  for (const auto& [interface, link] : kernel_->links()) {
    if (std::ranges::find(interfaces, interface) == interfaces.end()) others.push_back(interface);
  }
  for (const auto& interface : others) kernel_->detach(interface);
}

kernel::Result<void> Admission::attach(const std::string& interface, kernel::AdmissionMode mode) {
  const auto index = kernel::index_of(interface);
  for (const auto& [other, link] : kernel_->links()) {
    // An interface may have further names (`ip link property add altname`); attached twice it would count twice.
    if (other != interface && index && link.interface() == index) {
      return kernel::Error::because("it is " + other + " by another name: list one of the two");
    }
  }
  const auto link = kernel_->attach(interface, mode);
  if (!link) return link.error();
  troubles_.erase(interface);
  spdlog::info("admission on {}: {}", interface, (*link)->reason());
  return {};
}

// Once, since each news of any interface leads here.
void Admission::complain(const std::string& interface, const std::string& trouble) {
  std::string& known = troubles_[interface];
  if (known == trouble) return;
  known = trouble;
  spdlog::warn("admission on {}: {}", interface, trouble);
}

void Admission::follow_interfaces() {
  for (const auto& interface : settings_.interfaces) {
    const auto link = kernel_->links().find(interface);
    const bool attached = link != kernel_->links().end();
    const auto index = kernel::index_of(interface);
    if (index && attached && link->second.interface() == index) continue;
    if (attached) kernel_->detach(interface);
    if (!index) {
      complain(interface, "there is no such interface: it is judged on as soon as it is there");
    } else if (const auto attached_now = attach(interface, mode_of(settings_.mode)); !attached_now) {
      complain(interface, attached_now.error().text);
    }
  }
}

std::optional<Refusal> Admission::refuse_client(const net::Address& client) const {
  if (!kernel_->bans().has(client)) return std::nullopt;
  return denied("banned: see `realpeer ban list`");
}

void Admission::ban(const net::Address& client, std::chrono::milliseconds duration) {
  if (net::is_shared_subnet(client)) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration);
  if (const auto added = kernel_->bans().add(client, seconds, REALPEER_BAN_LIMITS)) {
    if (*added) {
      spdlog::warn("client {} keeps exceeding limits.per_client: banned for {} (`realpeer ban remove` lifts it)",
                   net::in_words(net::household(client)), config::to_string(duration));
    }
  } else {
    // A full map is full for many.
    if (full_.due(Complaint::Clock::now())) spdlog::warn("{}", added.error().text);
  }
}

std::optional<kernel::AdmissionCounters> Admission::counters() const {
  auto counters = kernel_->counters();
  if (!counters) return std::nullopt;
  return *counters;
}

void Admission::log_status() const {
  for (const auto& interface : settings_.interfaces) {
    const auto link = kernel_->links().find(interface);
    const bool attached = link != kernel_->links().end();
    const auto trouble = troubles_.find(interface);
    const std::string why = trouble == troubles_.end() ? "" : ": " + trouble->second;
    spdlog::info("admission on {}: {}", interface, attached ? link->second.reason() : "not attached" + why);
  }
  const auto counters = kernel_->counters();
  if (!counters) {
    spdlog::warn("{}", counters.error().text);
    return;
  }
  std::string text;
  for (std::uint32_t i = 0; i < counters->size(); ++i) {
    const auto verdict = static_cast<realpeer_admission>(i);
    if (counters->at(i) == 0) continue;
    text +=
        (text.empty() ? "" : ", ") + std::string(kernel::to_string(verdict)) + " " + std::to_string(counters->at(i));
  }
  spdlog::info("admission so far: {}", text.empty() ? "nothing to judge" : text);
}

}  // namespace realpeer::session
