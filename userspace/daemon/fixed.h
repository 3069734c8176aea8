// What a process cannot change of itself while it runs.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace realpeer::daemon {

// What the process was made with: its part of the kernel's state has these sizes and hooks.
struct Made {
  std::string node;
  config::Datapath datapath = config::Datapath::automatic;
  std::uint64_t splice_credit = 0;
  std::uint32_t connections = 0;  // limits.connections
  bool names = false;             // whether any backend was told by identity: peername
  std::string peername_cgroup{};

  static Made of(const config::Config& config);
};

// What a reload to `config` leaves as it is, as warnings; what it must not leave as it is, as errors. Both say the
// remedy. `file` is the configuration's, for those without a place of their own. Pure.
std::vector<config::Diagnostic> unchangeable(const Made& made, const config::Config& config, const std::string& file);

}  // namespace realpeer::daemon
