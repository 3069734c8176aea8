#include "config/lint_http.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::config {

namespace {

void add(std::vector<Diagnostic>& found, const Place& place, Severity severity, std::string text) {
  found.push_back({place, severity, std::move(text)});
}

// --- listeners ---

void lint_forwarders(const Listener& listener, std::vector<Diagnostic>& found) {
  for (std::size_t i = 0; i < listener.trusted_forwarders.size(); ++i) {
    const net::Cidr& cidr = listener.trusted_forwarders[i];
    if (!cidr.is_everything()) continue;
    const auto& places = listener.places.trusted_forwarders;
    add(found, i < places.size() ? places[i] : listener.place, Severity::warning,
        "trusted_forwarders has " + cidr.to_string() +
            ": anybody can write X-Forwarded-For and be any client: list only the proxies that set it");
  }
}

void lint_redirects(const Listener& listener, std::vector<Diagnostic>& found) {
  if (!listener.tls) return;
  for (const Place& place : listener.places.redirects) {
    add(found, place, Severity::warning,
        "redirect: https on listener " + quoted(listener.name) +
            ", which has tls: clients may be sent in a circle: write backend: NAME, and redirect on a listener "
            "without tls");
  }
}

// Requests have room for the client, so that nobody needs to lose it.
void lint_lost_clients(const Config& config, const Listener& listener, std::vector<Diagnostic>& found) {
  for (const Backend* backend : config.backends_of(listener)) {
    if (backend->identity != Identity::none) continue;
    if (backend->profile != Profile::none) continue;  // lint_profile() says worse of it
    add(found, place_or(backend->places.identity, backend->place), Severity::warning,
        "backend " + quoted(backend->name) + " has identity: none behind listener " + quoted(listener.name) +
            ", which routes requests: it will see this gateway's address and not the client's: use xff");
  }
}

// What cannot be had without requests. A route that should have been by request is one mistake, whatever needs it.
void require_requests(const Config& config, const Listener& listener, std::vector<Diagnostic>& found) {
  if (listener.tls) {
    return add(found, place_or(listener.tls->place, listener.place), Severity::error,
               "tls of listener " + quoted(listener.name) +
                   " ends TLS, and what follows must be routed by request: write route: { http: [{ backend: NAME }] }, "
                   "or remove tls to pass TLS on as it is");
  }
  if (!listener.trusted_forwarders.empty()) {
    const auto& places = listener.places.trusted_forwarders;
    return add(found, places.empty() ? listener.place : places.front(), Severity::error,
               "trusted_forwarders of listener " + quoted(listener.name) +
                   " is about X-Forwarded-For, which is read in requests only: remove it, or write route: { http: [{ "
                   "backend: NAME }] }");
  }
  for (const Backend* backend : config.backends_of(listener)) {
    if (backend->identity != Identity::xff) continue;
    add(found, place_or(backend->places.identity, backend->place), Severity::error,
        "backend " + quoted(backend->name) + " has identity: xff, and listener " + quoted(listener.name) +
            " leads to it without looking at requests: route there with http, or choose another identity");
  }
}

// --- backends ---

void lint_settings_of_requests(const Backend& backend, std::vector<Diagnostic>& found) {
  const auto warn_unused = [&](const Place& place, const std::string& key) {
    if (place.line == 0) return;
    add(found, place, Severity::warning,
        key + " of backend " + quoted(backend.name) +
            " is not used: no listener leads to it by request (route: { http: […] }): remove it");
  };
  warn_unused(backend.places.keep_alive, "keep_alive");
  warn_unused(backend.places.forwarded, "forwarded");
}

// A check asks in plain HTTP.
void lint_path_of_tls(const Backend& backend, const Listener& listener, std::vector<Diagnostic>& found) {
  if (!backend.health || backend.health->path.empty()) return;
  add(found, place_or(backend.places.health_path, backend.place), Severity::warning,
      "health.path of backend " + quoted(backend.name) + " is asked for in plain HTTP, and listener " +
          quoted(listener.name) + " passes TLS on to it: every check will fail: remove path");
}

void lint_backend(const Config& config, const Backend& backend, std::vector<Diagnostic>& found) {
  const auto listeners = config.listeners_of(backend);
  const auto is_http = [](const Listener* listener) { return listener->route.is_http(); };
  if (listeners.empty() || std::ranges::any_of(listeners, is_http)) return;
  lint_settings_of_requests(backend, found);
  const auto passes_tls = [](const Listener* listener) { return listener->route.reads_hello(); };
  const auto of_tls = std::ranges::find_if(listeners, passes_tls);
  if (of_tls != listeners.end()) lint_path_of_tls(backend, **of_tls, found);
}

}  // namespace

void lint_missing_http(const Config& config, std::vector<Diagnostic>& found) {
  for (const Listener& listener : config.listeners) {
    if (!listener.route.is_http()) require_requests(config, listener, found);
  }
  for (const Backend& backend : config.backends) lint_backend(config, backend, found);
}

void lint_http(const Config& config, std::vector<Diagnostic>& found) {
  for (const Listener& listener : config.listeners) {
    if (!listener.route.is_http()) continue;
    lint_forwarders(listener, found);
    lint_redirects(listener, found);
    lint_lost_clients(config, listener, found);
  }
}

}  // namespace realpeer::config
