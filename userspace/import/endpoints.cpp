#include "import/endpoints.h"

#include <algorithm>
#include <numeric>

#include "config/spelling.h"

namespace realpeer::importing {

using config::quoted;

namespace {

constexpr std::uint64_t heaviest = 100;

// The share of each address of a reference: the reference's weight, divided among its addresses.
struct Shared {
  std::string address;
  std::uint64_t weight;
  std::uint64_t among;
};

// Whole numbers in the same proportions, as small as can be, and 100 at most.
std::vector<DraftEndpoint> weighed(const std::vector<Shared>& shares) {
  std::uint64_t denominator = 1;
  for (const Shared& share : shares) denominator = std::lcm(denominator, share.among);
  std::vector<std::pair<std::string, std::uint64_t>> weights;
  for (const Shared& share : shares) {
    const std::uint64_t weight = share.weight * (denominator / share.among);
    const auto same = std::ranges::find(weights, share.address, &std::pair<std::string, std::uint64_t>::first);
    if (same == weights.end()) {
      weights.emplace_back(share.address, weight);
    } else {
      same->second += weight;
    }
  }
  std::uint64_t divisor = 0;
  std::uint64_t most = 1;
  for (const auto& [address, weight] : weights) divisor = std::gcd(divisor, weight);
  if (divisor == 0) return {};
  for (auto& [address, weight] : weights) most = std::max(most, weight /= divisor);
  std::vector<DraftEndpoint> endpoints;
  for (const auto& [address, weight] : weights) {
    const std::uint64_t scaled = most <= heaviest ? weight : (weight * heaviest + most / 2) / most;
    endpoints.push_back({address, static_cast<std::uint32_t>(std::max<std::uint64_t>(scaled, 1))});
  }
  return endpoints;
}

template <typename T>
const T* find_named(const std::vector<T>& list, const Name& name) {
  const auto found = std::ranges::find_if(list, [&name](const T& one) { return one.meta.name == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::vector<DraftEndpoint> Endpoints::of(const Route& route, const RouteRule& rule) {
  std::vector<Shared> shares;
  for (const BackendRef& ref : rule.refs) {
    if (ref.weight == 0) continue;
    const Addresses addresses = of(route, ref);
    for (const std::string& address : addresses) shares.push_back({address, ref.weight, addresses.size()});
  }
  if (shares.empty()) {
    findings_->warn(rule.place, "the rule of " + route.meta.described() + " leads nowhere, and is left out");
    return {};
  }
  return weighed(shares);
}

void Endpoints::leave_out(const BackendRef& ref, const std::string& why) {
  findings_->warn(ref.place, "backendRefs: " + ref.kind + " " + quoted(ref.name.name) + " " + why + ": it is left out");
}

Endpoints::Addresses Endpoints::of(const Route& route, const BackendRef& ref) {
  const Reference from{"gateway.networking.k8s.io", route.meta.kind, route.meta.name};
  if (!permitted(*manifests_, from, {ref.group, ref.kind, ref.name})) {
    leave_out(ref, "is of namespace " + quoted(ref.name.space) + ", and no ReferenceGrant of these files permits that");
    return {};
  }
  const bool http = route.meta.kind == "HTTPRoute";
  if (http && manifests_->tls_services.contains(ref.name)) {
    leave_out(ref, "wants TLS (BackendTLSPolicy), and requests go on in plain HTTP");
    return {};
  }
  if (ref.group.empty() && ref.kind == "Service") return of_service(ref);
  if (ref.group == "gateway.envoyproxy.io" && ref.kind == "Backend") return of_external(ref);
  leave_out(ref, "is of a kind that has no translation");
  return {};
}

std::string Endpoints::cluster_name(const Name& service, std::uint16_t port) const {
  return service.name + "." + service.space + ".svc." + options_->cluster_domain + ":" + std::to_string(port);
}

Endpoints::Addresses Endpoints::of_service(const BackendRef& ref) {
  if (ref.port == 0) {
    leave_out(ref, "is without a port");
    return {};
  }
  const std::string key = to_string(ref.name) + ":" + std::to_string(ref.port);
  if (const auto given = options_->endpoints.find(key); given != options_->endpoints.end()) {
    used_.insert(key);
    return {given->second};
  }
  const Service* service = find_named(manifests_->services, ref.name);
  if (service == nullptr) return {cluster_name(ref.name, ref.port)};
  if (!service->external_name.empty()) return {with_port(service->external_name, ref.port)};
  const auto port = std::ranges::find(service->ports, ref.port, &Service::Port::port);
  if (port == service->ports.end()) {
    leave_out(ref, "at " + to_string(service->meta.place) + " has no port " + std::to_string(ref.port));
    return {};
  }
  if (!service->selects) {
    if (Addresses addresses = of_slices(*service, *port); !addresses.empty()) return addresses;
  }
  return service->headless ? of_pods(*service, *port, ref) : Addresses{cluster_name(ref.name, ref.port)};
}

// The name of a headless Service has the addresses of its pods, which listen at the target port.
Endpoints::Addresses Endpoints::of_pods(const Service& service, const Service::Port& port, const BackendRef& ref) {
  if (port.target != 0) return {cluster_name(service.meta.name, port.target)};
  leave_out(ref,
            "is headless, and its targetPort a name, so that the port of its pods is not known; give it with "
            "--endpoint " +
                to_string(ref.name) + ":" + std::to_string(ref.port) + "=HOST:PORT");
  return {};
}

// Of a Service without pods of its own somebody wrote the addresses down.
Endpoints::Addresses Endpoints::of_slices(const Service& service, const Service::Port& port) {
  Addresses addresses;
  for (const EndpointSlice& slice : manifests_->slices) {
    if (slice.meta.name.space != service.meta.name.space || slice.service != service.meta.name.name) continue;
    const auto number = slice.ports.find(port.name);
    if (number == slice.ports.end()) continue;
    for (const std::string& address : slice.addresses) addresses.push_back(with_port(address, number->second));
  }
  return addresses;
}

Endpoints::Addresses Endpoints::of_external(const BackendRef& ref) {
  const ExternalBackend* backend = find_named(manifests_->backends, ref.name);
  if (backend == nullptr) {
    findings_->error(ref.place, "backendRefs: no Backend " + quoted(ref.name.name) + " in namespace " +
                                    quoted(ref.name.space) + ": give the file that has it");
    return {};
  }
  if (backend->tls) {
    leave_out(ref, "wants TLS to begin here, and what comes goes on as it is");
    return {};
  }
  if (backend->endpoints.empty()) leave_out(ref, "has no endpoint to connect to");
  return backend->endpoints;
}

std::vector<std::string> Endpoints::unused() const {
  std::vector<std::string> unused;
  for (const auto& [key, address] : options_->endpoints) {
    if (!used_.contains(key)) unused.push_back(key);
  }
  return unused;
}

}  // namespace realpeer::importing
