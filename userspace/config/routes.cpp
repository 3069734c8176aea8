#include <algorithm>

#include "config/sections.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

using policy::AlpnRoute;
using policy::NameRoute;
using policy::Target;

std::string known_backends(const Config& config) {
  std::vector<std::string_view> names;
  for (const Backend& backend : config.backends) names.push_back(backend.name);
  return listed(names);
}

// A backend's name, where `reject` may or may not stand instead.
Target read_target(Report& report, const Value& value, const Config& config, bool may_reject) {
  auto name = read_text(report, value);
  if (!name || (may_reject && *name == words::reject)) return std::nullopt;
  // No backends at all is an error of its own.
  if (!config.backends.empty() && config.find_backend(*name) == nullptr) {
    report.error(value.line, value.message("there is no backend " + quoted(*name) + ": the known ones are " +
                                           known_backends(config) + (may_reject ? ", or 'reject'" : "")));
  }
  return name;
}

std::vector<AlpnRoute> read_alpn(Report& report, const Value& value, const Config& config) {
  std::vector<AlpnRoute> routes;
  const auto map = MapReader::of_names(report, value, "protocol");
  if (map.is_map() && map.entries().empty())
    report.error(value.line, value.message("is empty: list protocols or remove it"));
  for (const auto& entry : map.entries()) {
    if (entry.key.empty() || entry.key.size() > ranges::alpn_protocol) {
      report.error(entry.line,
                   "protocol " + quoted(entry.key) + " must be 1 to 255 bytes, as in ALPN: 'h2', 'http/1.1'");
    }
    routes.push_back({entry.key, read_target(report, entry.value, config, true)});
  }
  return routes;
}

NameRoute read_name_route(Report& report, const MapReader::Entry& entry, const Config& config) {
  if (!entry.value.node.IsMap()) return {{}, read_target(report, entry.value, config, true)};
  NameRoute route;
  const MapReader map(report, entry.value, keys::name_route);
  if (const Value* alpn = map.require("alpn", "map protocols to backends, or write the backend's name alone")) {
    route.alpn = read_alpn(report, *alpn, config);
  }
  if (const Value* otherwise = map.find("default")) route.otherwise = read_target(report, *otherwise, config, true);
  return route;
}

void read_names(Report& report, const Value& value, const Config& config, policy::Route& route) {
  const auto map = MapReader::of_names(report, value, "server name");
  if (map.is_map() && map.entries().empty()) {
    report.error(value.line,
                 "route.sni: is empty: map server names to backends, or write backend: NAME instead of sni");
  }
  for (const auto& entry : map.entries()) {
    const auto pattern = parse_server_name_pattern(entry.key);
    if (!pattern) {
      report.error(entry.line, "server name " + pattern.error().text);
      continue;
    }
    // Keys that differ in case only are two to YAML.
    if (!route.names.emplace(*pattern, read_name_route(report, entry, config)).second) {
      report.error(entry.line, "server name " + quoted(entry.key) +
                                   " is written twice, but for the case of its letters: "
                                   "remove one of the two");
    }
  }
}

}  // namespace

void read_route(Report& report, const MapReader& listener_map, const Config& config, Listener& listener) {
  const Value* value = listener_map.require("route", "say where connections go, as in route: { backend: NAME }");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::route, "route.");
  if (!map.is_map()) return;
  const Value* names = map.find("sni");
  const Value* otherwise = map.find("default");
  if (!map.mentions("sni") && !map.mentions("default")) {
    const Value* backend = map.has_unavailable()
                               ? map.find("backend")
                               : map.require("backend", "name one of the backends, as in route: { backend: NAME }");
    if (backend != nullptr) listener.route.otherwise = read_target(report, *backend, config, false);
    return;
  }
  if (map.mentions("backend")) {
    report.error(value->line,
                 "route: 'backend' takes every connection and cannot stand beside 'sni' and 'default': write "
                 "default: NAME for what no server name takes");
  }
  if (!map.mentions("sni")) {
    report.error(value->line,
                 "route: 'default' is for what no server name of 'sni' takes: add sni: { NAME: BACKEND }, or "
                 "write backend: NAME");
  }
  if (names != nullptr) read_names(report, *names, config, listener.route);
  if (otherwise != nullptr) listener.route.otherwise = read_target(report, *otherwise, config, true);
}

}  // namespace realpeer::config
