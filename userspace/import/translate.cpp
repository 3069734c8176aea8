#include "import/translate.h"

#include <algorithm>

#include "import/listener_settings.h"
#include "import/routes.h"

namespace realpeer::importing {

namespace {

std::string name_of(const Port& port, const std::vector<DraftListener>& others) {
  std::vector<std::string> taken;
  taken.reserve(others.size());
  for (const DraftListener& other : others) taken.push_back(other.name);
  const Served& first = port.served.front();
  const std::string& name = first.listener->name;
  const std::string with_gateway = first.gateway->meta.name.name + "-" + name;
  return free_name({name, with_gateway, with_gateway + "-" + std::to_string(port.number)}, taken);
}

bool leads_to(const DraftListener& listener, const std::string& backend) {
  const DraftRoute& route = listener.route;
  const auto has_name = [&backend](const auto& name) { return name.second == backend; };
  const auto has_rule = [&backend](const DraftRule& rule) { return rule.backend == backend; };
  return route.backend == backend || std::ranges::any_of(route.names, has_name) ||
         std::ranges::any_of(route.rules, has_rule);
}

// Those of listeners that were left out in the end go with them.
std::vector<NamedBackend> used(std::vector<NamedBackend> backends, const std::vector<DraftListener>& listeners) {
  std::erase_if(backends, [&listeners](const NamedBackend& backend) {
    return std::ranges::none_of(listeners,
                                [&](const DraftListener& listener) { return leads_to(listener, backend.name); });
  });
  return backends;
}

std::vector<std::string> unknown(const Manifests& manifests, const std::vector<std::string>& gateways) {
  std::vector<std::string> unknown;
  for (const std::string& name : gateways) {
    const auto is_called_so = [&name](const Gateway& gateway) { return to_string(gateway.meta.name) == name; };
    if (std::ranges::none_of(manifests.gateways, is_called_so)) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace

Translation translate(const Manifests& manifests, const Options& options, Findings& findings) {
  const Attachments attachments = attach(manifests, findings);
  const ClientPolicies client_policies(manifests, findings);
  const BackendPolicies backend_policies(manifests, findings);
  Endpoints endpoints(manifests, options, findings);
  BackendBook backends;
  ListenerSettings settings(manifests, options, findings);
  RouteWriter routes(attachments, backend_policies, endpoints, backends, findings);

  Draft draft;
  for (const Port& port : gather_ports(manifests, client_policies, options, findings)) {
    auto route = routes.of(port);
    auto listener = route ? settings.of(port) : std::nullopt;
    if (!listener) continue;
    listener->name = name_of(port, draft.listeners);
    listener->route = std::move(*route);
    draft.listeners.push_back(std::move(*listener));
  }
  draft.backends = used(backends.take(), draft.listeners);
  return {std::move(draft), endpoints.unused(), unknown(manifests, options.gateways)};
}

}  // namespace realpeer::importing
