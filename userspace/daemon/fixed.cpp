#include "daemon/fixed.h"

#include <spdlog/fmt/fmt.h>

namespace realpeer::daemon {

using config::Diagnostic;
using config::Severity;

Made Made::of(const config::Config& config) {
  return {.node = config.node,
          .datapath = config.datapath,
          .splice_credit = config.splice_credit,
          .connections = config.limits.connections,
          .names = config.uses(config::Identity::peername),
          .peername_cgroup = config.peername.cgroup};
}

std::vector<Diagnostic> unchangeable(const Made& made, const config::Config& config, const std::string& file) {
  std::vector<Diagnostic> found;
  const config::Place top{.file = file, .line = 0};
  const auto waits = [&](const config::Place& place, const std::string& what) {
    found.push_back({place, Severity::warning, what + " until `realpeer upgrade` or a restart"});
  };
  if (config.node != made.node) {
    found.push_back(
        {top, Severity::error,
         fmt::format("the daemon that runs is node '{}' and cannot become '{}': restart it", made.node, config.node)});
  }
  if (config.datapath != made.datapath) {
    waits(top, fmt::format("datapath stays {}", config::to_string(made.datapath)));
  }
  if (config.splice_credit != made.splice_credit) waits(top, fmt::format("splice_credit stays {}", made.splice_credit));
  if (config.limits.connections > made.connections) {
    waits(top, fmt::format("limits.connections stays {}, for which the kernel's maps were made,", made.connections));
  }
  if (!config.uses(config::Identity::peername)) return found;
  if (!made.names) {
    const config::Place& place = config.peername.place.line > 0 ? config.peername.place : top;
    found.push_back({place, Severity::error,
                     "identity: peername needs programs in the kernel that this daemon was started without: run "
                     "`realpeer upgrade`, or restart it"});
  } else if (config.peername.cgroup != made.peername_cgroup) {
    waits(config.peername.place, fmt::format("peername.cgroup stays '{}'", made.peername_cgroup));
  }
  return found;
}

}  // namespace realpeer::daemon
