#include "config/sections.h"

namespace realpeer::config {

namespace {

Parsed<Identity> parse_identity(std::string_view text) {
  constexpr std::array identities{Identity::proxy_v2, Identity::proxy_v1, Identity::none};
  return parse_enum(text, identities, words::identity_unavailable);
}

std::vector<EndpointSpec> read_endpoints(Report& report, const Value& list) {
  std::vector<EndpointSpec> endpoints;
  const std::vector<Value> items = read_items(report, list);
  if (items.empty() && list.node.IsSequence()) {
    report.error(list.line, "'endpoints' is empty: list at least one 'HOST:PORT'");
  }
  for (const Value& item : items) {
    auto endpoint = read_scalar(report, item, parse_endpoint_spec);
    if (!endpoint) continue;
    endpoint->place = report.place(item.line);
    endpoints.push_back(std::move(*endpoint));
  }
  return endpoints;
}

Backend read_backend(Report& report, const MapReader::Entry& entry) {
  Backend backend;
  backend.name = entry.key;
  backend.place = report.place(entry.line);
  const auto name = parse_name(entry.key);
  if (!name) report.error(entry.line, "backend " + name.error().text);
  const MapReader map(report, {entry.value.node, entry.line, entry.value.path}, keys::backend);
  const Value* endpoints = map.require("endpoints", "list where the backend listens, as in endpoints: ['10.0.0.7:80']");
  if (endpoints != nullptr) backend.endpoints = read_endpoints(report, *endpoints);
  map.read("identity", backend.identity, parse_identity);
  return backend;
}

}  // namespace

void read_backends(Report& report, const MapReader& root, Config& config) {
  const std::string_view remedy = "name at least one, as in backends: { web: { endpoints: ['10.0.0.7:80'] } }";
  const Value* value = root.require("backends", remedy);
  if (value == nullptr) return;
  const auto map = MapReader::of_names(report, *value, "backend");
  if (map.is_map() && map.entries().empty()) report.error(value->line, "'backends' is empty: " + std::string(remedy));
  for (const MapReader::Entry& entry : map.entries()) config.backends.push_back(read_backend(report, entry));
}

}  // namespace realpeer::config
