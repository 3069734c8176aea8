#include "daemon/announce.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "admin/listener.h"
#include "session/transparent.h"

namespace realpeer::daemon {
namespace {

constexpr rlim_t own_descriptors = 64 + admin::limits::connections;  // logs, maps, epoll sets, …

std::string where_to(const policy::Route& route) {
  const std::string others = route.otherwise ? "to backend '" + *route.otherwise + "'" : "rejected";
  if (route.is_http()) return "by " + std::to_string(route.http.size()) + " rules for requests, others " + others;
  if (route.reads_hello()) return "by " + std::to_string(route.names.size()) + " server names, others " + others;
  return others;
}

// No fallback: where answers do not come back, connections end with backend_timeout.
void warn_of_transparent(const config::Config& config) {
  for (const auto& [endpoint, missing] : session::unready_for_transparent(config)) {
    spdlog::warn("identity: transparent will not reach {}: missing {} (realpeer setup transparent --apply)", endpoint,
                 missing);
  }
}

}  // namespace

void raise_descriptor_limit(const config::Config& config, std::uint32_t workers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed =
      rlim_t{2} * config.limits.connections + workers * (config.listeners.size() + 8) + own_descriptors;
  if (limit.rlim_max < needed) {
    spdlog::warn(
        "limits.connections is {}, which needs {} descriptors, but only {} are allowed: raise LimitNOFILE "
        "(systemd) or ulimit -n, or lower limits.connections",
        config.limits.connections, needed, limit.rlim_max);
  }
}

void announce(const config::Config& config, const session::Host& host, std::uint32_t workers) {
  spdlog::info("realpeer {} as node '{}', {} worker threads", REALPEER_VERSION, config.node, workers);
  spdlog::info("data path: {} ({})", host.splice() != nullptr ? "sockmap" : "relay", host.splice_reason());
  if (host.clients() != nullptr) {
    spdlog::info("client map: {}", host.clients_reason());
  } else {
    spdlog::warn("client map: none, `realpeer whois` will not know this daemon's clients: {}", host.clients_reason());
  }
  if (host.splice() == nullptr && config.datapath != config::Datapath::relay) {
    spdlog::warn("connections are relayed in userspace; `realpeer doctor` says how to get the kernel path");
  }
  if (host.names() != nullptr) spdlog::info("names: for backends in cgroup {}", host.names()->cgroup());
}

void announce_listeners(const config::Config& config) {
  warn_of_transparent(config);
  for (const auto& listener : config.listeners) {
    spdlog::info("listener '{}' on {}: accept_proxy {}, {}{}", listener.name, net::to_string(listener.bind),
                 policy::to_string(listener.trust.accept_proxy), listener.tls ? "TLS ends here, " : "",
                 where_to(listener.route));
  }
}

}  // namespace realpeer::daemon
