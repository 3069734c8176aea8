// Which policy holds where, as Envoy Gateway has it: the one for a section goes before the one for the whole; of two
// for the same thing the older one holds, and the other does nothing.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "import/references.h"

namespace realpeer::importing {

struct TargetKey {
  std::string kind;
  Name name;
  std::string section;  // empty: the whole

  bool operator<(const TargetKey& other) const {
    return std::tie(kind, name, section) < std::tie(other.kind, other.name, other.section);
  }
};

class ClientPolicies {
 public:
  // Targets that are not there, and those that have a policy already, are errors.
  ClientPolicies(const Manifests& manifests, Findings& findings);

  // Nothing where there is none.
  [[nodiscard]] const ClientPolicy* of(const Gateway& gateway, const GatewayListener& listener) const;

 private:
  std::map<TargetKey, const ClientPolicy*> claims_;
};

// What BackendTrafficPolicies say of the connections of a rule.
struct BackendSettings {
  std::optional<config::Identity> outbound{};
  std::optional<config::Balance> balance{};
  std::optional<HealthCheck> health{};
  const BackendPolicy* outbound_by = nullptr;
};

class BackendPolicies {
 public:
  BackendPolicies(const Manifests& manifests, Findings& findings);

  // Of rule, route, listener and Gateway in that order. For HTTP the first policy alone counts, unless it merges; for
  // streams each setting is the first that there is.
  [[nodiscard]] BackendSettings of(const Route& route, const RouteRule& rule, const Gateway& gateway,
                                   const GatewayListener& listener) const;

 private:
  std::map<TargetKey, const BackendPolicy*> claims_;
};

}  // namespace realpeer::importing
