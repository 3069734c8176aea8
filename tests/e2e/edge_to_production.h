// The worked example's network: client — edge — overlay peer that masquerades — production.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "e2e/receivers.h"

namespace realpeer::testing {

// 203.0.113.1 edge 100.64.0.1 — 100.64.0.2 overlay 10.100.0.9 — 10.100.0.10 production. The edge is the topology's
// gateway, and production stands where its backend does.
class EdgeToProduction : public Receivers {
 protected:
  void SetUp() override;
  // An edge that holds no certificate, and production as this document says, `node` and `datapath` aside.
  void start_both(const std::string& inner);
  // Production's line of that connection of the client's.
  Record at_production(const Endpoint& client);

  std::optional<Netns> overlay;
  std::unique_ptr<Daemon> production;
};

}  // namespace realpeer::testing
