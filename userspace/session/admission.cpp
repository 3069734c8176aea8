#include "session/admission.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/scalars.h"
#include "kernel/interface.h"

namespace realpeer::session {
namespace {

using policy::RejectReason;

kernel::AdmissionMode mode_of(config::AdmissionMode mode) {
  switch (mode) {
    case config::AdmissionMode::automatic: break;
    case config::AdmissionMode::native: return kernel::AdmissionMode::native;
    case config::AdmissionMode::generic: return kernel::AdmissionMode::generic;
    case config::AdmissionMode::tc: return kernel::AdmissionMode::tc;
  }
  return kernel::AdmissionMode::automatic;
}

// Whom the listener trusts. The list is not used, and may be anything, where no header is believed.
std::vector<net::Cidr> trusted_by(const config::Listener& listener) {
  if (listener.trust.accept_proxy == policy::AcceptProxy::off) return {};
  return listener.trust.trusted_cidrs;
}

Refusal denied(std::string detail) {
  return {.reason = RejectReason::client_denied, .detail = std::move(detail), .looks_like = {}};
}

}  // namespace

kernel::AdmissionRules admission_rules(const config::Config& config) {
  kernel::AdmissionRules rules{.listeners = {}, .denied = config.admission.denied_cidrs, .syn_rate = {}};
  for (const auto& listener : config.listeners) {
    rules.listeners.push_back({.bind = listener.bind,
                               .drop_untrusted = listener.untrusted == config::Untrusted::drop,
                               .trusted = trusted_by(listener)});
  }
  if (const auto& rate = config.limits.per_source_syn) {
    rules.syn_rate = kernel::SynRate{.interval = rate->interval(), .burst = rate->burst};
  }
  return rules;
}

bool shares_address_with_trusted(const config::Config& config, const net::Address& client) {
  const net::Address household = net::household(client);
  return std::ranges::any_of(config.listeners, [&](const config::Listener& listener) {
    return std::ranges::any_of(trusted_by(listener), [&](const net::Cidr& cidr) {
      return cidr.contains(client) || net::household(cidr.network()) == household;
    });
  });
}

kernel::Result<std::unique_ptr<Admission>> Admission::start(const config::Config& config,
                                                            const kernel::Instance& instance) {
  auto kernel = kernel::Admission::load(instance);
  if (!kernel) return kernel.error();
  std::unique_ptr<Admission> admission(new Admission(config, std::move(*kernel)));
  // Rules first: what is attached judges at once.
  if (auto applied = admission->kernel_->apply(admission_rules(config)); !applied) return applied.error();
  for (const auto& interface : config.admission.interfaces) {
    if (!kernel::index_of(interface)) continue;  // follow_interfaces() says so
    if (auto attached = admission->attach(interface); !attached) {
      return kernel::Error::because("admission on " + interface + ": " + attached.error().text);
    }
  }
  admission->follow_interfaces();
  return admission;
}

kernel::Result<void> Admission::attach(const std::string& interface) {
  const auto link = kernel_->attach(interface, mode_of(config_.admission.mode));
  if (!link) return link.error();
  spdlog::info("admission on {}: {}", interface, (*link)->reason());
  return {};
}

void Admission::follow_interfaces() {
  for (const auto& interface : config_.admission.interfaces) {
    const auto link = kernel_->links().find(interface);
    const bool attached = link != kernel_->links().end();
    const auto index = kernel::index_of(interface);
    const auto complained = std::ranges::find(complained_, interface);
    if (index && attached && link->second.index() == *index) continue;
    if (attached) kernel_->detach(interface);
    std::string trouble = "there is no such interface: it is judged on as soon as it is there";
    if (index) {
      const auto attached_now = attach(interface);
      if (attached_now) {
        if (complained != complained_.end()) complained_.erase(complained);
        continue;
      }
      trouble = attached_now.error().text;
    }
    // Once, since each news of any interface leads here.
    if (complained != complained_.end()) continue;
    spdlog::warn("admission on {}: {}", interface, trouble);
    complained_.push_back(interface);
  }
}

std::optional<Refusal> Admission::refuse(const net::Address& peer) const {
  if (denied_.contains(peer)) return denied("admission.denied_cidrs");
  if (kernel_->bans().has(peer)) return denied("banned: see `realpeer ban list`");
  return std::nullopt;
}

void Admission::ban(const net::Address& client) const {
  const auto& duration = config_.limits.per_client.ban;
  if (!duration || shares_address_with_trusted(config_, client)) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*duration);
  if (const auto added = kernel_->bans().add(client, seconds, REALPEER_BAN_LIMITS); !added) {
    spdlog::warn("{}", added.error().text);
    return;
  }
  spdlog::warn("client {} keeps exceeding limits.per_client: banned for {} (`realpeer ban remove` lifts it)",
               net::household(client).to_string(), config::to_string(*duration));
}

void Admission::log_status() const {
  for (const auto& interface : config_.admission.interfaces) {
    const auto link = kernel_->links().find(interface);
    const bool attached = link != kernel_->links().end();
    spdlog::info("admission on {}: {}", interface, attached ? link->second.reason() : "not attached");
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
