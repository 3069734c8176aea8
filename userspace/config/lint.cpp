#include "config/lint.h"

#include <algorithm>

#include "config/lint_admission.h"
#include "config/lint_http.h"
#include "config/profiles.h"
#include "config/scalars.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

using policy::AcceptProxy;

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

void lint_admin(const Config& config, std::vector<Diagnostic>& found) {
  const auto* bind = config.admin ? std::get_if<net::Endpoint>(&config.admin->bind) : nullptr;
  if (bind == nullptr) return;
  for (const Listener& listener : config.listeners) {
    if (!overlap(listener.bind, *bind)) continue;
    const std::string text = "admin.bind " + net::to_string(*bind) + " overlaps " + net::to_string(listener.bind) +
                             " of listener " + quoted(listener.name) + " at " +
                             to_string(place_or(listener.places.bind, listener.place)) + ": give it another port";
    found.push_back({config.admin->place, Severity::error, text});
  }
}

void lint_identity(const Config& config, std::vector<Diagnostic>& found) {
  for (const Listener& listener : config.listeners) {
    if (listener.trust.accept_proxy == AcceptProxy::off || listener.route.is_http()) continue;
    for (const Backend* backend : config.backends_of(listener)) {
      if (backend->identity != Identity::none) continue;
      if (backend->profile != Profile::none) continue;  // lint_profile() says worse of it
      warn(found, place_or(backend->places.identity, backend->place),
           "backend " + quoted(backend->name) + " has identity: none behind listener " + quoted(listener.name) +
               ", which accepts headers: it will see this gateway's address and not the client's: use proxy-v2 or "
               "proxy-v1 if it can read them");
    }
  }
}

void lint_profile(const Backend& backend, std::vector<Diagnostic>& found) {
  if (backend.profile == Profile::none || sends_header(backend.identity)) return;
  warn(found, place_or(backend.places.identity, backend.place),
       "backend " + quoted(backend.name) + " has profile " + std::string(to_string(backend.profile)) +
           ", a receiver of headers, and identity: " + std::string(to_string(backend.identity)) +
           ": where it expects one it will refuse every connection: use "
           "proxy-v2, or remove the profile");
}

void lint_health(const Backend& backend, std::vector<Diagnostic>& found) {
  if (!backend.health || backend.health->send_local || !sends_header(backend.identity)) return;
  if (!facts_of(backend.profile).takes_local) {
    if (backend.health->path.empty()) return;  // there is no better check
    warn(found, place_or(backend.places.health_path, backend.place),
         "health.path of backend " + quoted(backend.name) + " is asked for without a header, and profile " +
             std::string(to_string(backend.profile)) +
             " takes none that names nobody: where it demands one every check fails: remove path");
    return;
  }
  warn(found, place_or(backend.places.health, backend.place),
       "health checks of backend " + quoted(backend.name) +
           " come without a header: a receiver that demands one refuses them, or logs each: write send_proxy: local in "
           "health");
}

void lint_check_time(const Backend& backend, std::vector<Diagnostic>& found) {
  if (!backend.health || backend.health->timeout <= backend.health->interval) return;
  const std::string interval = to_string(backend.health->interval);
  warn(found, place_or(backend.places.health_timeout, backend.place),
       "health.timeout of backend " + quoted(backend.name) + " is " + to_string(backend.health->timeout) +
           ", and no check takes longer than the interval of " + interval + ": write " + interval +
           " or less, or a longer interval");
}

bool accepts_headers(const Listener* listener) { return listener->trust.accept_proxy != AcceptProxy::off; }

// What only a ClientHello or a believed header can tell.
void lint_tlvs(const Config& config, const Backend& backend, std::vector<Diagnostic>& found) {
  const auto listeners = config.listeners_of(backend);
  if (listeners.empty() || std::ranges::any_of(listeners, accepts_headers)) return;
  if (backend.tlvs.passes()) {
    warn(found, place_or(backend.places.pass_through_tlvs, backend.place),
         "pass_through_tlvs of backend " + quoted(backend.name) +
             " passes nothing on: no listener that leads to it accepts headers: remove it, or set accept_proxy there");
  }
  const auto reads_hello = [](const Listener* listener) { return listener->route.reads_hello() || listener->tls; };
  if ((!backend.tlvs.authority && !backend.tlvs.alpn) || std::ranges::any_of(listeners, reads_hello)) return;
  warn(found, place_or(backend.places.send_tlvs, backend.place),
       "send_tlvs of backend " + quoted(backend.name) +
           " has authority or alpn, but no listener that leads to it reads a ClientHello (route: { sni: … }) or "
           "accepts headers: they will never be sent: remove them, or route by server name");
}

void lint_peername(const Config& config, std::vector<Diagnostic>& found) {
  if (config.peername.cgroup.empty() || config.uses(Identity::peername)) return;
  warn(found, config.peername.place, "peername is not used: no backend has identity: peername");
}

void lint_unused(const Config& config, const Backend& backend, std::vector<Diagnostic>& found) {
  if (!config.listeners_of(backend).empty()) return;
  warn(found, backend.place,
       "backend " + quoted(backend.name) + " is used by no listener: route one to it or remove it");
}

void lint_refusal(const Listener& listener, std::vector<Diagnostic>& found) {
  // A rule without a backend redirects.
  if (listener.route.is_http() || !policy::targets(listener.route).empty()) return;
  warn(found, listener.place,
       "listener " + quoted(listener.name) +
           " refuses every connection: its route leads to no backend: name one, or remove the listener");
}

// Where a connection to `endpoint` surely goes, as far as that can be told without a look-up.
std::vector<net::Endpoint> destinations(const EndpointSpec& endpoint) {
  const net::Endpoint loopback_v4(boost::asio::ip::address_v4::loopback(), endpoint.port);
  const net::Endpoint loopback_v6(boost::asio::ip::address_v6::loopback(), endpoint.port);
  if (policy::normal_name(endpoint.host) == "localhost") return {loopback_v4, loopback_v6};
  const auto literal = endpoint.literal();
  if (!literal) return {};
  if (!literal->address().is_unspecified()) return {*literal};
  // Connecting to the wildcard connects to this host.
  return {literal->address().is_v4() ? loopback_v4 : loopback_v6};
}

bool receives(const Listener& listener, const net::Endpoint& destination) {
  if (listener.bind.port() != destination.port()) return false;
  const net::Address bind = claimed(listener.bind.address());
  return bind == destination.address() || (destination.address().is_loopback() && covers(bind, destination.address()));
}

void lint_loops(const Config& config, const Backend& backend, std::vector<Diagnostic>& found) {
  for (const EndpointSpec& endpoint : backend.endpoints) {
    const auto targets = destinations(endpoint);
    const auto own = std::ranges::find_if(config.listeners, [&](const Listener& listener) {
      return std::ranges::any_of(targets, [&](const net::Endpoint& target) { return receives(listener, target); });
    });
    if (own == config.listeners.end()) continue;
    warn(found, place_or(endpoint.place, backend.place),
         "endpoint " + quoted(endpoint.to_string()) + " of backend " + quoted(backend.name) +
             " is this gateway's own listener " + quoted(own->name) +
             ": connections may go in a circle: name the backend's own address");
  }
}

}  // namespace

std::vector<Diagnostic> lint(const Config& config) {
  std::vector<Diagnostic> found;
  for (const Listener& listener : config.listeners) lint_trust(listener, found);
  lint_binds(config.listeners, found);
  lint_admin(config, found);
  lint_identity(config, found);
  for (const Backend& backend : config.backends) {
    lint_profile(backend, found);
    lint_check_time(backend, found);
    lint_loops(config, backend, found);
  }
  lint_admission(config, found);
  lint_http(config, found);
  return found;
}

std::vector<Diagnostic> lint_missing(const Config& config) {
  std::vector<Diagnostic> found;
  lint_missing_admission(config, found);
  lint_missing_http(config, found);
  lint_peername(config, found);
  for (const Listener& listener : config.listeners) lint_refusal(listener, found);
  for (const Backend& backend : config.backends) {
    lint_health(backend, found);
    lint_tlvs(config, backend, found);
    lint_unused(config, backend, found);
  }
  return found;
}

}  // namespace realpeer::config
