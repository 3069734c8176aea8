// What one reading of the configuration made. A reload makes another one: connections go on with the one that they
// began with, which lives as long as the last of them.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"
#include "net/cidr_set.h"
#include "observe/tally.h"
#include "session/admission.h"
#include "session/ceiling.h"
#include "session/certificates.h"
#include "session/complaint.h"
#include "session/shared_state.h"
#include "upstream/upstreams.h"

namespace realpeer::session {

// Goes from one generation to the next, by the listener's name.
struct ListenerState {
  Ceiling connections{0};
  observe::ListenerTally tally{};
};

struct Generation {
  // `before`: null at the start. It changes nothing of what connections see yet: adopt() does.
  Generation(SharedState& of_daemon, config::Loaded loaded, std::unique_ptr<Certificates> loaded_certificates,
             upstream::Pools of_backends, const Generation* before);

  SharedState& shared;
  const config::Config config;
  const std::vector<config::Diagnostic> lint;
  const std::vector<std::string> files;  // of the configuration, the main one first
  const std::unique_ptr<Certificates> certificates;
  const upstream::Pools pools;
  const net::CidrSet denied_clients{config.limits.denied_clients};
  const net::CidrSet denied_peers{config.admission.denied_cidrs};
  std::vector<std::shared_ptr<ListenerState>> listeners{};  // as Config::listeners
  Admission* admission = nullptr;                           // null: none is configured
  // By backend, of names not delivered: for want of a way, for want of room in IPv4. One that complains without end
  // must not silence the others.
  std::map<std::string, std::array<Complaint, 2>, std::less<>> complaints{};

  // Of a backend of this configuration.
  [[nodiscard]] upstream::Pool& pool(std::string_view backend) const { return *pools.find(backend)->second; }
  // Makes its ceilings those of the daemon: connections above a new one stay.
  void adopt();
};

}  // namespace realpeer::session
