#include <algorithm>

#include "config/http_routes.h"
#include "config/sections.h"
#include "config/spelling.h"
#include "config/targets.h"

namespace realpeer::config {

namespace {

using policy::AlpnRoute;
using policy::NameRoute;

Parsed<std::string> parse_protocol(std::string_view text) {
  if (text == words::otherwise) {
    return Problem{quoted(text) + " is no protocol: write it beside alpn, for every other protocol"};
  }
  if (text.empty() || text.size() > ranges::alpn_protocol) {
    return Problem{quoted(text) + " must be 1 to 255 bytes, as in ALPN: 'h2', 'http/1.1'"};
  }
  return {boost::system::in_place_value, text};
}

std::vector<AlpnRoute> read_alpn(const Value& value, const TargetReader& targets) {
  std::vector<AlpnRoute> routes;
  const auto map = MapReader::of_names(targets.report(), value, "protocol", value.path);
  if (map.is_map() && map.mentioned().empty()) {
    targets.report().error(value.line, value.message("is empty: list protocols, or remove it"));
  }
  for (const auto& entry : map.entries()) {
    const auto protocol = parse_protocol(entry.key);
    if (!protocol) targets.report().error(entry.line, "protocol " + protocol.error().text);
    routes.push_back({entry.key, targets.backend_or_reject(entry.value)});
  }
  return routes;
}

NameRoute read_name_route(const Value& value, const TargetReader& targets) {
  if (!value.node.IsMap()) return {{}, targets.backend_or_reject(value)};
  NameRoute route;
  const MapReader map(targets.report(), value, keys::name_route, value.path + " ");
  const Value* alpn = map.require("alpn", "map protocols to backends, or write the backend's name alone");
  const Value* otherwise = map.find(words::otherwise);
  if (alpn != nullptr) route.alpn = read_alpn(*alpn, targets);
  if (otherwise != nullptr) route.otherwise = targets.backend_or_reject(*otherwise);
  return route;
}

void read_names(const Value& value, const TargetReader& targets, policy::Route& route) {
  Report& report = targets.report();
  const auto map = MapReader::of_names(report, value, "server name", value.path);
  if (map.is_map() && map.mentioned().empty()) {
    report.error(value.line,
                 value.message("is empty: map server names to backends, or write backend: NAME instead of sni"));
  }
  std::map<std::string, const MapReader::Entry*> first;
  for (const auto& entry : map.entries()) {
    const auto pattern = parse_server_name_pattern(entry.key);
    if (!pattern) report.error(entry.line, "server name " + pattern.error().text);
    NameRoute name_route = read_name_route(entry.value, targets);
    if (!pattern) continue;
    // Keys that differ in case only are two to YAML.
    const auto [known, is_new] = first.emplace(*pattern, &entry);
    if (!is_new) {
      report.error(entry.line, "server name " + quoted(entry.key) + " is written twice, first in line " +
                                   std::to_string(known->second->line) + " as " + quoted(known->second->key) +
                                   ": letters count without case: remove one of the two");
    }
    route.names.emplace(*pattern, std::move(name_route));
  }
}

constexpr std::string_view use_of_default =
    "route.default: is for what no server name of 'sni' or rule of 'http' takes";

// `backend` takes every connection.
void require_nothing_beside_backend(Report& report, const MapReader& map, const Value& backend) {
  const auto refuse_beside = [&](std::string_view kind, const std::string& rest) {
    report.error(backend.line, "route.backend: takes every connection and cannot stand beside '" + std::string(kind) +
                                   "': write default: NAME for what no " + rest + " takes");
  };
  const Value* otherwise = map.find(words::otherwise);
  if (map.find("sni") != nullptr) {
    refuse_beside("sni", "server name");
  } else if (map.find("http") != nullptr) {
    refuse_beside("http", "rule");
  } else if (otherwise != nullptr) {
    report.error(otherwise->line,
                 std::string(use_of_default) + ", and 'backend' takes every connection: remove one of the two");
  }
}

// One of `backend`, `sni` and `http`; `default` beside the last two. Each mistake is one error, at the key that is too
// much.
void require_one_kind(Report& report, const MapReader& map) {
  const Value* rules = map.find("http");
  if (rules != nullptr && map.find("sni") != nullptr) {
    report.error(rules->line,
                 "route.http: reads requests and cannot stand beside 'sni', which passes TLS on unread: give one of "
                 "the two a listener of its own");
  }
  if (const Value* backend = map.find("backend")) return require_nothing_beside_backend(report, map, *backend);
  if (map.mentions("backend") || map.mentions("sni") || map.mentions("http")) return;
  if (const Value* otherwise = map.find(words::otherwise)) {
    report.error(otherwise->line, std::string(use_of_default) +
                                      ": add sni: { NAME: BACKEND } or http: [{ host: NAME, backend: BACKEND }], or "
                                      "write backend: NAME");
  } else if (!map.mentions(words::otherwise)) {
    map.report_missing("backend",
                       "name one of the backends, as in route: { backend: NAME }, or route by server name with sni, or "
                       "by request with http");
  }
}

}  // namespace

void read_route(Report& report, const MapReader& listener_map, const BackendNames& backends, Listener& listener) {
  const Value* value = listener_map.require("route", "say where connections go, as in route: { backend: NAME }");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::route, "route.");
  if (!map.is_map()) return;
  require_one_kind(report, map);
  const TargetReader targets(report, backends);
  policy::Route& route = listener.route;
  if (const Value* backend = map.find("backend")) route.otherwise = targets.backend(*backend);
  if (const Value* names = map.find("sni")) read_names(*names, targets, route);
  if (const Value* rules = map.find("http")) read_http_rules(*rules, targets, listener);
  if (const Value* otherwise = map.find(words::otherwise)) route.otherwise = targets.backend_or_reject(*otherwise);
}

}  // namespace realpeer::config
