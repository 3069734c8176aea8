#include "admin/pages.h"

#include "admin/exposition.h"
#include "admin/metrics.h"

namespace realpeer::admin {

namespace {

std::vector<OfEndpoint> endpoints_of(const session::SharedState& shared) {
  std::vector<OfEndpoint> found;
  for (const auto& backend : shared.config.backends) {
    for (const auto& status : shared.upstreams.pool(backend.name).status()) {
      found.push_back({backend.name, status.endpoint, status.state == "up"});
    }
  }
  return found;
}

Measured measure(const Daemon& daemon) {
  const auto& shared = daemon.server.shared();
  Measured measured{.endpoints = endpoints_of(shared),
                    .connects = shared.connect_seconds.snapshot(),
                    .certificates = daemon.certificates.status(),
                    .certificate_reloads = daemon.certificates.reloads(),
                    .process = OfProcess::read()};
  for (std::size_t i = 0; i < shared.tallies.size(); ++i) {
    measured.listeners.push_back({shared.config.listeners[i].name, &shared.tallies[i]});
  }
  for (std::size_t i = 0; i < measured.path_changes.size(); ++i)
    measured.path_changes[i] = shared.path_changes[i].load();
  if (shared.names != nullptr) {
    if (const auto counters = shared.names->counters()) measured.names = *counters;
  }
  if (shared.admission != nullptr) measured.admission = shared.admission->counters();
  return measured;
}

}  // namespace

Pages pages_of(const Daemon& daemon) {
  Pages pages;
  pages["/healthz"] = [] { return Page{.body = "ok\n"}; };
  // Before the listeners accept nothing answers here either.
  pages["/readyz"] = [daemon] {
    return daemon.draining() ? Page{.status = 503, .body = "draining\n"} : Page{.body = "ready\n"};
  };
  pages["/metrics"] = [daemon] {
    return Page{.body = metrics(measure(daemon)), .type = std::string(Exposition::content_type)};
  };
  return pages;
}

}  // namespace realpeer::admin
