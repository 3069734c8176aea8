#include "import/policies.h"

#include <algorithm>
#include <array>
#include <span>

#include "config/spelling.h"

namespace realpeer::importing {

using config::quoted;

namespace {

constexpr std::array<std::string_view, 1> client_kinds{"Gateway"};
constexpr std::array<std::string_view, 4> backend_kinds{"Gateway", "HTTPRoute", "TLSRoute", "TCPRoute"};
// Which Envoy Gateway has, and realpeer does not.
constexpr std::array<std::string_view, 4> other_kinds{"ListenerSet", "XListenerSet", "GRPCRoute", "UDPRoute"};

struct Target {
  TargetKey key;
  Place place;
};

class Targets {
 public:
  Targets(const Manifests& manifests, std::span<const std::string_view> kinds, Findings& findings)
      : manifests_(&manifests), referents_(referents_of(manifests)), kinds_(kinds), findings_(&findings) {}

  // What the policy is for, as far as it is there.
  [[nodiscard]] std::vector<Target> of(const Policy& policy) const {
    std::vector<Target> targets;
    for (const TargetSelector& selector : policy.selectors) select(policy, selector, targets);
    for (const TargetRef& ref : policy.targets) look_up(policy, ref, targets);
    return targets;
  }

 private:
  void look_up(const Policy& policy, const TargetRef& ref, std::vector<Target>& targets) const {
    const Name name{policy.meta.name.space, ref.name};
    const std::string what = policy.meta.described() + " is for nothing: ";
    if (std::ranges::find(kinds_, ref.kind) == kinds_.end()) {
      if (std::ranges::find(other_kinds, ref.kind) != other_kinds.end()) {
        findings_->warn(ref.place, policy.meta.described() + " is for a " + ref.kind +
                                       ", which has no translation: it is left out there");
        return;
      }
      findings_->error(ref.place, what + "targetRefs of a " + policy.meta.kind + " are of kind " +
                                      config::listed(kinds_) + ", and not " + quoted(ref.kind));
      return;
    }
    const Referent* referent = find(referents_, ref.kind, name);
    if (referent == nullptr) {
      findings_->error(ref.place, what + nothing_called(referents_, ref.kind, name));
    } else if (!ref.section.empty() && std::ranges::find(referent->sections, ref.section) == referent->sections.end()) {
      findings_->error(ref.place, what + no_section(*referent, ref.section));
    } else {
      targets.push_back({{ref.kind, name, ref.section}, ref.place});
    }
  }

  void select(const Policy& policy, const TargetSelector& selector, std::vector<Target>& targets) const {
    const auto before = targets.size();
    for (const Referent& referent : referents_) {
      if (referent.kind != selector.kind || std::ranges::find(kinds_, selector.kind) == kinds_.end()) continue;
      if (!reaches(policy, selector, referent) || !selector.labels.matches(referent.labels)) continue;
      targets.push_back({{referent.kind, referent.name, ""}, selector.place});
    }
    if (targets.size() > before) return;
    findings_->error(selector.place, policy.meta.described() + " is for nothing: no " + selector.kind +
                                         " that it may reach has the labels of this selector");
  }

  [[nodiscard]] bool reaches(const Policy& policy, const TargetSelector& selector, const Referent& referent) const {
    const std::string& space = referent.name.space;
    if (space == policy.meta.name.space) return true;
    if (!selector.all_namespaces) return false;
    const auto labels = manifests_->namespaces.find(space);
    if (!selector.namespaces.matches(labels == manifests_->namespaces.end() ? Labels() : labels->second)) return false;
    return permitted(*manifests_, {"gateway.envoyproxy.io", policy.meta.kind, policy.meta.name},
                     {"gateway.networking.k8s.io", referent.kind, referent.name});
  }

  const Manifests* manifests_;
  std::vector<Referent> referents_;
  std::span<const std::string_view> kinds_;
  Findings* findings_;
};

// The policies come in the order in which they go before each other.
template <typename PolicyType>
std::map<TargetKey, const PolicyType*> claim(const std::vector<PolicyType>& policies, const Targets& targets,
                                             Findings& findings) {
  std::map<TargetKey, const PolicyType*> claims;
  for (const PolicyType& policy : policies) {
    for (const Target& target : targets.of(policy)) {
      const auto [first, is_new] = claims.try_emplace(target.key, &policy);
      if (is_new || first->second == &policy) continue;
      const std::string section = target.key.section.empty() ? "" : ", section " + quoted(target.key.section) + ",";
      findings.error(target.place, target.key.kind + " " + quoted(target.key.name.name) + section + " has " +
                                       first->second->meta.described() + " already, at " +
                                       to_string(first->second->meta.place) + ", which goes before: " +
                                       policy.meta.described() + " does nothing there; remove one of the two");
    }
  }
  return claims;
}

template <typename PolicyType>
const PolicyType* look_up(const std::map<TargetKey, const PolicyType*>& claims, const TargetKey& key) {
  const auto found = claims.find(key);
  return found == claims.end() ? nullptr : found->second;
}

template <typename Setting>
void set_if_none(std::optional<Setting>& setting, const std::optional<Setting>& value) {
  if (!setting) setting = value;
}

}  // namespace

ClientPolicies::ClientPolicies(const Manifests& manifests, Findings& findings)
    : claims_(claim(manifests.client_policies, Targets(manifests, client_kinds, findings), findings)) {
  // A policy for a listener takes the place of the Gateway's as a whole: what it does not say is off.
  for (const auto& [key, policy] : claims_) {
    const ClientPolicy* whole = look_up(claims_, {key.kind, key.name, ""});
    if (key.section.empty() || whole == nullptr || policy->inbound != Inbound::plain) continue;
    if (whole->inbound == Inbound::plain) continue;
    findings.warn(policy->meta.place, policy->meta.described() + " takes the place of " + whole->meta.described() +
                                          " at " + to_string(whole->meta.place) + " for listener " +
                                          quoted(key.section) +
                                          ", and says nothing of proxyProtocol: no header is read there");
  }
}

const ClientPolicy* ClientPolicies::of(const Gateway& gateway, const GatewayListener& listener) const {
  const ClientPolicy* own = look_up(claims_, {"Gateway", gateway.meta.name, listener.name});
  return own != nullptr ? own : look_up(claims_, {"Gateway", gateway.meta.name, ""});
}

BackendPolicies::BackendPolicies(const Manifests& manifests, Findings& findings)
    : claims_(claim(manifests.backend_policies, Targets(manifests, backend_kinds, findings), findings)) {}

BackendSettings BackendPolicies::of(const Route& route, const RouteRule& rule, const Gateway& gateway,
                                    const GatewayListener& listener) const {
  const std::array keys{
      TargetKey{route.meta.kind, route.meta.name, rule.name}, TargetKey{route.meta.kind, route.meta.name, ""},
      TargetKey{"Gateway", gateway.meta.name, listener.name}, TargetKey{"Gateway", gateway.meta.name, ""}};
  const bool http = route.meta.kind == "HTTPRoute";
  BackendSettings settings;
  for (const TargetKey& key : keys) {
    const BackendPolicy* policy = look_up(claims_, key);
    if (policy == nullptr) continue;
    if (!settings.outbound && policy->outbound) settings.outbound_by = policy;
    set_if_none(settings.outbound, policy->outbound);
    set_if_none(settings.balance, policy->balance);
    set_if_none(settings.health, policy->health);
    if (http && !policy->merges) break;
  }
  return settings;
}

}  // namespace realpeer::importing
