// Listeners that come to stand at one port, as they do with mergeGateways and within one Gateway.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "import/options.h"
#include "import/policies.h"

namespace realpeer::importing {

struct Served {
  const Gateway* gateway;
  const GatewayListener* listener;
  const ClientPolicy* policy;  // or nothing

  [[nodiscard]] Inbound inbound() const { return policy == nullptr ? Inbound::plain : policy->inbound; }
  [[nodiscard]] std::string described() const;  // "listener 'https' of Gateway 'edge'"
};

// All of one protocol, and with host names of their own; of TCP there is one.
struct Port {
  std::uint16_t number = 0;
  std::vector<Served> served{};
  bool is_of_one_mind = true;  // about headers
};

// What contradicts is an error; of listeners that exclude each other the first stays.
std::vector<Port> gather_ports(const Manifests& manifests, const ClientPolicies& policies, const Options& options,
                               Findings& findings);

}  // namespace realpeer::importing
