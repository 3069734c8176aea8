#include "import/routes.h"

#include <algorithm>

#include "config/scalars.h"
#include "config/spelling.h"
#include "import/hostnames.h"

namespace realpeer::importing {

using config::Identity;
using config::quoted;

namespace {

// "default/gitea-ssh", and of several rules which one.
std::string described(const Route& route, const RouteRule& rule) {
  const std::string text = route.meta.kind + " " + to_string(route.meta.name);
  return rule.name.empty() ? text : text + ", rule " + rule.name;
}

// What a backend may be called: as what it leads to, if that is one thing, else as the route.
std::vector<std::string> proposals(const Route& route, const RouteRule& rule) {
  if (rule.refs.size() != 1) return {route.meta.name.name, route.meta.name.space + "-" + route.meta.name.name};
  const BackendRef& ref = rule.refs.front();
  const std::string& name = ref.name.name;
  const std::string port = ref.port == 0 ? "" : "-" + std::to_string(ref.port);
  return {name, name + port, ref.name.space + "-" + name + port, route.meta.name.name + "-" + name + port};
}

std::string_view version_of(Identity identity) { return identity == Identity::proxy_v1 ? "V1" : "V2"; }

// A host name that a configuration can have, or none at all.
bool is_host(const std::string& name) { return name.empty() || config::parse_server_name_pattern(name).has_value(); }

}  // namespace

const RouteWriter::Routes& RouteWriter::routes_of(const Served& served) const {
  static const Routes none;
  const auto found = attachments_->find(served.listener);
  return found == attachments_->end() ? none : found->second;
}

std::optional<DraftRoute> RouteWriter::of(const Port& port) {
  DraftRoute draft;
  for (const Served& served : port.served) {
    switch (served.listener->protocol) {
      case Protocol::tcp: add_stream(served, draft); break;
      case Protocol::tls_passthrough: add_names(served, draft); break;
      case Protocol::http:
      case Protocol::https: add_requests(served, draft); break;
    }
  }
  if (draft.backend.empty() && draft.names.empty() && draft.rules.empty()) {
    const Served& first = port.served.front();
    findings_->warn(first.listener->place,
                    first.described() + " leads nowhere: port " + std::to_string(port.number) + " is left out");
    return std::nullopt;
  }
  warn_of_falling_through(port, draft);
  return draft;
}

std::string RouteWriter::backend_of(const Served& served, const Route& route, const RouteRule& rule) {
  DraftBackend backend{.endpoints = endpoints_->of(route, rule)};
  if (backend.endpoints.empty()) return "";
  const BackendSettings settings = policies_->of(route, rule, *served.gateway, *served.listener);
  const bool http = route.meta.kind == "HTTPRoute";
  backend.identity = settings.outbound.value_or(http ? Identity::xff : Identity::none);
  backend.balance = settings.balance;
  backend.health = settings.health;
  std::string comment = described(route, rule);
  if (settings.outbound) {
    comment += ", by BackendTrafficPolicy " + to_string(settings.outbound_by->meta.name) + ": proxyProtocol " +
               std::string(version_of(*settings.outbound));
  } else if (!http) {
    comment += ", and no BackendTrafficPolicy sends a header: the backend sees this gateway's address";
    if (served.inbound() != Inbound::plain) {
      findings_->warn(route.meta.place, route.meta.described() +
                                            " has no BackendTrafficPolicy with proxyProtocol: " + served.described() +
                                            " learns the client, and the backend is not told; add one, or set identity "
                                            "to proxy-v2 if the backend reads headers");
    }
  }
  return backends_->enter(std::move(backend), proposals(route, rule), comment);
}

void RouteWriter::add_stream(const Served& served, DraftRoute& draft) {
  for (const Route* route : routes_of(served)) {
    if (!draft.backend.empty()) {
      findings_->warn(route->meta.place, route->meta.described() + " comes second at " + served.described() +
                                             ", which has one route: it is left out there");
    } else if (!route->rules.empty()) {
      draft.backend = backend_of(served, *route, route->rules.front());
    }
  }
}

void RouteWriter::add_names(const Served& served, DraftRoute& draft) {
  for (const Route* route : routes_of(served)) {
    if (route->rules.empty()) continue;
    const std::string backend = backend_of(served, *route, route->rules.front());
    if (backend.empty()) continue;
    for (const std::string& name : names_at(served.listener->hostname, route->hostnames)) {
      if (!is_host(name)) {
        findings_->error(route->meta.place, route->meta.described() + ": " + quoted(name) + " is no server name");
        continue;
      }
      std::string& target = name.empty() ? draft.backend : draft.names[name];
      if (target.empty()) {
        target = backend;
      } else if (target != backend) {
        findings_->warn(route->meta.place, route->meta.described() + " comes second for " +
                                               (name.empty() ? "every name" : quoted(name)) + ": it is left out there");
      }
    }
  }
}

void RouteWriter::add_requests(const Served& served, DraftRoute& draft) {
  for (const Route* route : routes_of(served)) {
    for (const RouteRule& rule : route->rules) add_rule(served, *route, rule, draft);
  }
}

void RouteWriter::add_rule(const Served& served, const Route& route, const RouteRule& rule, DraftRoute& draft) {
  if (rule.paths.empty()) return;  // it had no translation
  const bool in_a_circle = rule.redirect_to_https && served.listener->protocol == Protocol::https;
  if (in_a_circle) {
    findings_->warn(rule.place, "the rule redirects https to https: it is left out");
    return;
  }
  const std::string backend = rule.redirect_to_https ? "" : backend_of(served, route, rule);
  if (backend.empty() && !rule.redirect_to_https) return;
  for (const std::string& host : names_at(served.listener->hostname, route.hostnames)) {
    if (!is_host(host)) {
      findings_->error(route.meta.place, route.meta.described() + ": " + quoted(host) + " is no host name");
      continue;
    }
    for (const std::string& path : rule.paths) {
      const DraftRule wanted{host, path, backend, rule.redirect_to_https ? std::nullopt : rule.timeout};
      const auto same = std::ranges::find_if(
          draft.rules, [&](const DraftRule& known) { return known.host == host && known.path == path; });
      if (same == draft.rules.end()) {
        draft.rules.push_back(wanted);
      } else if (*same != wanted) {
        findings_->warn(rule.place, "the rule of " + route.meta.described() + " comes second for " +
                                        (host.empty() ? "every host" : "host " + quoted(host)) + " with path " +
                                        quoted(path) + ": it is left out there");
      }
    }
  }
}

// With Gateway API the most specific host has a request, and if no rule of it takes the path, nobody has. Here it falls
// back to hosts that say less.
void RouteWriter::warn_of_falling_through(const Port& port, const DraftRoute& draft) {
  for (const DraftRule& rule : draft.rules) {
    const auto keeps_all = [&rule](const DraftRule& other) { return other.host == rule.host && other.path == "/"; };
    const auto falls_to = [&rule](const DraftRule& other) {
      return other.host != rule.host && covers(other.host, rule.host);
    };
    if (std::ranges::any_of(draft.rules, keeps_all)) continue;
    const auto other = std::ranges::find_if(draft.rules, falls_to);
    if (other == draft.rules.end()) continue;
    findings_->warn(port.served.front().listener->place,
                    "requests for " + quoted(rule.host) + " at port " + std::to_string(port.number) +
                        " that no rule of it takes fall to the rules for " +
                        (other->host.empty() ? "every host" : quoted(other->host)) +
                        ", and were 404 before: give the host a rule for path '/'");
  }
}

}  // namespace realpeer::importing
