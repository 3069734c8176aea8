#include "config/lint_admission.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::config {

namespace {

using policy::AcceptProxy;

constexpr std::string_view remedy = "add admission: { interfaces: [eth0] } with the interfaces clients come in by";

void need_admission(std::vector<Diagnostic>& found, const Place& place, std::string_view what) {
  found.push_back({place, Severity::error,
                   std::string(what) + " is enforced by admission, and there is none: " + std::string(remedy)});
}

bool overlap(const net::Cidr& one, const net::Cidr& other) {
  return one.contains(other.network()) || other.contains(one.network());
}

void lint_untrusted(const Listener& listener, std::vector<Diagnostic>& found) {
  if (listener.untrusted != Untrusted::drop || listener.trust.accept_proxy == AcceptProxy::strict) return;
  const std::string mode(to_string(listener.trust.accept_proxy));
  found.push_back({listener.places.untrusted, Severity::error,
                   "untrusted: drop is for accept_proxy: strict, and listener " + quoted(listener.name) + " has " +
                       mode + ", which takes connections from anybody: remove it, or write accept_proxy: strict"});
}

void lint_denied(const Config& config, std::size_t index, std::vector<Diagnostic>& found) {
  const net::Cidr& denied = config.admission.denied_cidrs[index];
  for (const Listener& listener : config.listeners) {
    if (listener.trust.accept_proxy == AcceptProxy::off) continue;
    const auto& trusted = listener.trust.trusted_cidrs;
    const auto met = std::ranges::find_if(trusted, [&](const net::Cidr& cidr) { return overlap(cidr, denied); });
    if (met == trusted.end()) continue;
    found.push_back({config.admission.denied_places[index], Severity::warning,
                     "admission.denied_cidrs has " + denied.to_string() + ", which meets " + met->to_string() +
                         " in trusted_cidrs of listener " + quoted(listener.name) +
                         ": denied goes first, so gateways there are dropped: take it out of one of the two"});
    return;
  }
}

// Clients behind a gateway are known by their header only, and their packets carry the gateway's address.
void lint_ban(const Config& config, std::vector<Diagnostic>& found) {
  if (!config.limits.per_client.ban || config.listeners.empty()) return;
  const auto strict = [](const Listener& listener) { return listener.trust.accept_proxy == AcceptProxy::strict; };
  if (!std::ranges::all_of(config.listeners, strict)) return;
  found.push_back({config.limits.places.ban, Severity::warning,
                   "limits.per_client.ban bans nobody: every listener is strict, so every client is behind a gateway, "
                   "and a ban by address would be the gateway's: remove it"});
}

}  // namespace

void lint_missing_admission(const Config& config, std::vector<Diagnostic>& found) {
  for (const Listener& listener : config.listeners) lint_untrusted(listener, found);
  lint_ban(config, found);
  if (config.admission.enabled()) return;
  if (config.limits.per_source_syn) need_admission(found, config.limits.places.per_source_syn, "limits.per_source_syn");
  if (config.limits.per_client.ban) need_admission(found, config.limits.places.ban, "limits.per_client.ban");
  for (const Listener& listener : config.listeners) {
    if (listener.untrusted == Untrusted::drop) need_admission(found, listener.places.untrusted, "untrusted: drop");
  }
}

void lint_admission(const Config& config, std::vector<Diagnostic>& found) {
  for (std::size_t i = 0; i < config.admission.denied_cidrs.size(); ++i) lint_denied(config, i, found);
}

}  // namespace realpeer::config
