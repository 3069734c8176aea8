#include "config/lint.h"

#include <algorithm>
#include <optional>

#include "config/profiles.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

using policy::AcceptProxy;

// The setting's own place where it is known, else that of what it belongs to.
const Place& place_or(const Place& own, const Place& owner) { return own.line > 0 ? own : owner; }

void warn(std::vector<Diagnostic>& found, const Place& place, std::string text) {
  found.push_back({place, Severity::warning, std::move(text)});
}

// What binding to `address` claims: a v4-mapped address is the IPv4 one; scope ids stay, they tell links apart.
net::Address claimed(const net::Address& address) {
  const net::Address plain = net::unmapped(address);
  return plain.is_v4() ? plain : address;
}

// Whether a listener on `wildcard` also receives what is sent to `address`: [::] is dual-stack here.
bool covers(const net::Address& wildcard, const net::Address& address) {
  return wildcard.is_unspecified() && (wildcard.is_v6() || address.is_v4());
}

bool overlap(const net::Endpoint& one, const net::Endpoint& other) {
  if (one.port() != other.port() || one.port() == 0) return false;
  const net::Address a = claimed(one.address());
  const net::Address b = claimed(other.address());
  return a == b || covers(a, b) || covers(b, a);
}

void lint_trust(const Listener& listener, std::vector<Diagnostic>& found) {
  const Place& mode = place_or(listener.places.accept_proxy, listener.place);
  const auto& cidrs = listener.trust.trusted_cidrs;
  if (listener.trust.accept_proxy == AcceptProxy::off) {
    if (cidrs.empty()) return;
    const Place& first = listener.places.trusted_cidrs.empty() ? mode : listener.places.trusted_cidrs.front();
    warn(found, first,
         "trusted_cidrs is not used with accept_proxy: off: remove it, or choose strict, mixed or optional");
    return;
  }
  if (listener.trust.accept_proxy == AcceptProxy::optional) {
    warn(found, mode,
         "accept_proxy: optional: if a trusted gateway forgets its header, its client can write one and be whoever it "
         "likes: use strict, or mixed for direct clients on the same port");
  }
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    if (!cidrs[i].is_everything()) continue;
    const bool placed = i < listener.places.trusted_cidrs.size();
    warn(found, placed ? listener.places.trusted_cidrs[i] : mode,
         "trusted_cidrs has " + cidrs[i].to_string() +
             ": anybody can claim to be any client: list only the gateways that send headers");
  }
}

void lint_binds(const std::vector<Listener>& listeners, std::vector<Diagnostic>& found) {
  for (auto later = listeners.begin(); later != listeners.end(); ++later) {
    const auto earlier = std::find_if(listeners.begin(), later,
                                      [&](const Listener& listener) { return overlap(listener.bind, later->bind); });
    if (earlier == later) continue;
    const Place& first = place_or(earlier->places.bind, earlier->place);
    const std::string text = "bind " + net::to_string(later->bind) + " of listener " + quoted(later->name) +
                             " overlaps " + net::to_string(earlier->bind) + " of listener " + quoted(earlier->name) +
                             " at " + to_string(first) + ": give one of them another port or address";
    found.push_back({place_or(later->places.bind, later->place), Severity::error, text});
  }
}

// The backends a listener's route may choose; what is not there was an error already.
std::vector<const Backend*> backends_of(const Config& config, const Listener& listener) {
  std::vector<const Backend*> found;
  for (const std::string_view name : policy::targets(listener.route)) {
    if (const Backend* backend = config.find_backend(name)) found.push_back(backend);
  }
  return found;
}

void lint_identity(const Config& config, std::vector<Diagnostic>& found) {
  for (const Listener& listener : config.listeners) {
    if (listener.trust.accept_proxy == AcceptProxy::off) continue;
    for (const Backend* backend : backends_of(config, listener)) {
      if (backend->identity != Identity::none) continue;
      warn(found, backend->place,
           "backend " + quoted(backend->name) + " has identity: none behind listener " + quoted(listener.name) +
               ", which accepts headers: it will see this gateway's address and not the client's: use proxy-v2 or "
               "proxy-v1 if it can read them");
    }
  }
}

void lint_profile(const Backend& backend, std::vector<Diagnostic>& found) {
  if (backend.profile == Profile::none || backend.identity != Identity::none) return;
  warn(found, place_or(backend.places.identity, backend.place),
       "backend " + quoted(backend.name) + " has profile " + std::string(to_string(backend.profile)) +
           ", a receiver of headers, and identity: none: where it expects one it will refuse every connection: use "
           "proxy-v2, or remove the profile");
}

void lint_health(const Backend& backend, std::vector<Diagnostic>& found) {
  if (!backend.health || backend.health->send_local || backend.identity == Identity::none) return;
  if (!facts_of(backend.profile).takes_local) return;  // there is no better check
  warn(found, place_or(backend.places.health, backend.place),
       "health checks of backend " + quoted(backend.name) +
           " come without a header: a receiver that demands one refuses them, or logs each: write send_proxy: local in "
           "health");
}

// What only a ClientHello or a believed header can tell.
void lint_tlvs(const Config& config, const Backend& backend, std::vector<Diagnostic>& found) {
  if (!backend.tlvs.authority && !backend.tlvs.alpn) return;
  const auto may_know = [&](const Listener& listener) {
    const auto backends = backends_of(config, listener);
    return std::ranges::find(backends, &backend) != backends.end() &&
           (listener.route.reads_hello() || listener.trust.accept_proxy != AcceptProxy::off);
  };
  if (std::ranges::any_of(config.listeners, may_know)) return;
  warn(
      found, place_or(backend.places.tlvs, backend.place),
      "send_tlvs of backend " + quoted(backend.name) +
          " has authority or alpn, but no listener that leads to it reads a ClientHello (route: { sni: … }) or accepts "
          "headers: they will never be sent");
}

void lint_unused(const Config& config, std::vector<Diagnostic>& found) {
  // A route that could not be read, or leads nowhere, may have meant any of them.
  const auto routed = [&](const Listener& listener) {
    const auto names = policy::targets(listener.route);
    return !names.empty() && backends_of(config, listener).size() == names.size();
  };
  if (config.listeners.empty() || !std::ranges::all_of(config.listeners, routed)) return;
  for (const Backend& backend : config.backends) {
    const auto leads_here = [&](const Listener& listener) {
      const auto backends = backends_of(config, listener);
      return std::ranges::find(backends, &backend) != backends.end();
    };
    if (std::ranges::any_of(config.listeners, leads_here)) continue;
    warn(found, backend.place,
         "backend " + quoted(backend.name) + " is used by no listener: route one to it or remove it");
  }
}

// Where a connection to `endpoint` surely goes, as far as that can be told without a look-up.
std::optional<net::Endpoint> destination(const EndpointSpec& endpoint) {
  if (endpoint.host == "localhost") return net::Endpoint(boost::asio::ip::address_v4::loopback(), endpoint.port);
  const auto literal = net::parse_endpoint(endpoint.to_string());
  if (!literal) return std::nullopt;
  const net::Address address = claimed(literal->address());
  if (!address.is_unspecified()) return net::Endpoint(address, endpoint.port);
  // Connecting to the wildcard connects to this host.
  if (address.is_v4()) return net::Endpoint(boost::asio::ip::address_v4::loopback(), endpoint.port);
  return net::Endpoint(boost::asio::ip::address_v6::loopback(), endpoint.port);
}

bool receives(const Listener& listener, const net::Endpoint& destination) {
  if (listener.bind.port() != destination.port()) return false;
  const net::Address bind = claimed(listener.bind.address());
  return bind == destination.address() || (destination.address().is_loopback() && covers(bind, destination.address()));
}

void lint_loops(const Config& config, std::vector<Diagnostic>& found) {
  for (const Backend& backend : config.backends) {
    for (const EndpointSpec& endpoint : backend.endpoints) {
      const auto target = destination(endpoint);
      if (!target) continue;
      const auto own =
          std::ranges::find_if(config.listeners, [&](const Listener& listener) { return receives(listener, *target); });
      if (own == config.listeners.end()) continue;
      warn(found, place_or(endpoint.place, backend.place),
           "endpoint " + quoted(endpoint.to_string()) + " of backend " + quoted(backend.name) +
               " is this gateway's own " + "listener " + quoted(own->name) +
               ": connections may go in a circle: name the backend's own address");
    }
  }
}

}  // namespace

std::vector<Diagnostic> lint(const Config& config) {
  std::vector<Diagnostic> found;
  for (const Listener& listener : config.listeners) lint_trust(listener, found);
  lint_binds(config.listeners, found);
  lint_identity(config, found);
  for (const Backend& backend : config.backends) {
    lint_profile(backend, found);
    lint_health(backend, found);
    lint_tlvs(config, backend, found);
  }
  lint_unused(config, found);
  lint_loops(config, found);
  return found;
}

}  // namespace realpeer::config
