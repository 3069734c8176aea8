#include <algorithm>

#include "config/profiles.h"
#include "config/sections.h"
#include "config/spelling.h"
#include "http/authority.h"
#include "http/characters.h"
#include "http/path.h"
#include "proxy_protocol/wire.h"

namespace realpeer::config {

namespace {

Parsed<Identity> parse_identity(std::string_view text) {
  constexpr std::array identities{Identity::proxy_v2,    Identity::proxy_v1, Identity::peername,
                                  Identity::transparent, Identity::xff,      Identity::none};
  return parse_enum(text, identities);
}

Parsed<Balance> parse_balance(std::string_view text) {
  constexpr std::array ways{Balance::round_robin, Balance::least_connections, Balance::client_hash};
  return parse_enum(text, ways);
}

Parsed<Profile> parse_profile(std::string_view text) {
  constexpr std::array profiles{Profile::gitea, Profile::nginx, Profile::haproxy, Profile::envoy};
  return parse_enum(text, profiles);
}

Parsed<bool> parse_off_on(std::string_view text) {
  const auto index = parse_choice(text, words::off_on);
  if (!index) return index.error();
  return *index == 1;
}

Parsed<bool> parse_send_proxy(std::string_view text) {
  const auto index = parse_choice(text, words::send_proxy);
  if (!index) return index.error();
  return *index == 1;
}

// --- endpoints ---

// 'HOST:PORT', or a map with more about it.
std::optional<EndpointSpec> read_endpoint(Report& report, const Value& item, std::uint32_t max_connections) {
  if (!item.node.IsMap()) {
    auto endpoint = read_scalar(report, item, parse_endpoint_spec);
    if (endpoint) endpoint->max_connections = max_connections;
    return endpoint;
  }
  const MapReader map(report, item, keys::endpoint, item.path + ".");
  const Value* address = map.require("address", "say where it listens, as in address: '10.0.0.7:80'");
  auto where = address == nullptr ? std::nullopt : read_scalar(report, *address, parse_endpoint_spec);
  EndpointSpec endpoint = where.value_or(EndpointSpec{});
  endpoint.max_connections = max_connections;
  map.read("weight", endpoint.weight, integer_within(ranges::weight));
  map.read("max_connections", endpoint.max_connections, integer_within(ranges::endpoint_connections));
  if (!where) return std::nullopt;
  return endpoint;
}

// Whether both are one, if in different spelling. Names are not looked up; a dot at the end keeps a resolver from
// searching domains, so that it tells names apart.
bool same(const EndpointSpec& one, const EndpointSpec& other) {
  if (one.port != other.port) return false;
  const auto address = one.literal();
  if (address || other.literal()) return address == other.literal();
  return one.host.ends_with('.') == other.host.ends_with('.') &&
         policy::normal_name(one.host) == policy::normal_name(other.host);
}

void require_other_endpoint(Report& report, const Value& item, const EndpointSpec& endpoint,
                            const std::vector<EndpointSpec>& others) {
  const auto first = std::ranges::find_if(others, [&](const EndpointSpec& other) { return same(other, endpoint); });
  if (first == others.end()) return;
  const bool as_written = first->to_string() == endpoint.to_string();
  report.error(item.line, item.message(quoted(endpoint.to_string()) + " is written twice, first in line " +
                                       std::to_string(first->place.line) +
                                       (as_written ? "" : " as " + quoted(first->to_string())) +
                                       ": remove one of the two; a larger share is a weight"));
}

std::vector<EndpointSpec> read_endpoints(Report& report, const Value& list, std::uint32_t max_connections) {
  std::vector<EndpointSpec> endpoints;
  const std::vector<Value> items = read_items(report, list);
  if (items.empty() && list.node.IsSequence()) {
    report.error(list.line, "'endpoints' is empty: list at least one 'HOST:PORT'");
  }
  for (const Value& item : items) {
    auto endpoint = read_endpoint(report, item, max_connections);
    if (!endpoint) continue;
    endpoint->place = report.place(item.line);
    require_other_endpoint(report, item, *endpoint, endpoints);
    endpoints.push_back(std::move(*endpoint));
  }
  return endpoints;
}

// --- what the header carries ---

void read_send_tlvs(Report& report, const Value& list, Tlvs& tlvs) {
  const std::array flags{&tlvs.authority, &tlvs.alpn, &tlvs.unique_id, &tlvs.crc32c};
  const auto parse = [](std::string_view text) { return parse_choice(text, words::send_tlvs); };
  for (const Value& item : read_items(report, list)) {
    if (const auto index = read_scalar(report, item, parse)) *flags[*index] = true;
  }
}

Parsed<bool> parse_pass_all(std::string_view text) {
  if (parse_tlv_type(text)) return Problem{quoted(text) + " is a type: write a list of types, as in [ssl, 0xEA]"};
  const auto index = parse_choice(text, words::pass_through);
  if (!index) return Problem{index.error().text + ", or list types, as in [ssl, 0xEA]"};
  return *index == 1;
}

// A type that may stand on its own in a header to a backend.
Parsed<std::uint8_t> parse_passed_type(std::string_view text) {
  namespace wire = proxy_protocol::wire;
  if (std::ranges::find(words::pass_through, text) != std::end(words::pass_through)) {
    return Problem{quoted(text) +
                   " is no type: write it without a list, as in pass_through_tlvs: " + std::string(text)};
  }
  auto type = parse_tlv_type(text);
  if (!type) return type;
  if (*type == wire::type_crc32c) {
    return Problem{quoted(text) + " never passes, since the checksum is of the header it came in: write send_tlvs: " +
                   "[crc32c] for one of the header to this backend"};
  }
  if (*type == wire::type_noop) return Problem{quoted(text) + " is padding and never passes: remove it"};
  if (wire::tlv_name(*type).starts_with("ssl_")) {
    return Problem{quoted(text) + " stands inside the type ssl and passes with it: write ssl"};
  }
  return type;
}

// none | all | a list of types.
void read_pass_through(Report& report, const Value& value, Tlvs& tlvs) {
  if (value.node.IsScalar()) {
    if (const auto all = read_scalar(report, value, parse_pass_all)) tlvs.pass_all = *all;
    return;
  }
  for (const Value& item : read_items(report, value)) {
    if (const auto type = read_scalar(report, item, parse_passed_type)) tlvs.pass_types.push_back(*type);
  }
}

void require_receiver_takes_tlvs(Report& report, const Backend& backend) {
  if (!backend.tlvs.any()) return;
  const int line = (backend.tlvs.sends() ? backend.places.send_tlvs : backend.places.pass_through_tlvs).line;
  if (backend.identity != Identity::proxy_v2) {
    report.error(line, "TLVs need identity: proxy-v2, and backend '" + backend.name + "' has " +
                           std::string(to_string(backend.identity)) + ": remove send_tlvs and pass_through_tlvs");
  } else if (!facts_of(backend.profile).takes_tlvs) {
    report.error(line, "profile " + std::string(to_string(backend.profile)) +
                           " refuses headers with TLVs: remove send_tlvs and pass_through_tlvs");
  }
}

void read_tlvs(Report& report, const MapReader& map, Backend& backend) {
  if (const Value* send = map.find("send_tlvs")) {
    read_send_tlvs(report, *send, backend.tlvs);
    backend.places.send_tlvs = report.place(send->line);
  }
  if (const Value* pass = map.find("pass_through_tlvs")) {
    read_pass_through(report, *pass, backend.tlvs);
    backend.places.pass_through_tlvs = report.place(pass->line);
  }
  require_receiver_takes_tlvs(report, backend);
}

// --- health ---

Parsed<std::string> parse_check_path(std::string_view text) {
  const std::string_view path = text.substr(0, text.find('?'));
  if (http::is_plain_path(path) && std::ranges::all_of(text.substr(path.size()), http::is_query_character)) {
    return {boost::system::in_place_value, text};
  }
  return Problem{quoted(text) +
                 " is no path to ask for: write one that begins with '/', without spaces, broken escapes "
                 "and parts that are '.' or '..', as in '/healthz'"};
}

Parsed<std::string> parse_check_host(std::string_view text) {
  if (http::is_authority(text)) return {boost::system::in_place_value, text};
  return Problem{quoted(text) + " is no host: write a host name or an address, with or without a port"};
}

void require_receiver_takes_local(Report& report, int line, const Backend& backend) {
  if (!backend.health->send_local) return;
  if (!sends_header(backend.identity)) {
    report.error(line, "health.send_proxy: local sends a header to backend '" + backend.name +
                           "', which gets none (identity: " + std::string(to_string(backend.identity)) +
                           "): remove it");
  } else if (!facts_of(backend.profile).takes_local) {
    report.error(line, "profile " + std::string(to_string(backend.profile)) +
                           " refuses or misreads headers that name nobody: write health.send_proxy: off");
  }
}

void read_health(Report& report, const MapReader& backend_map, Backend& backend) {
  const Value* value = backend_map.find("health");
  if (value == nullptr) return;
  Health health;
  // Receivers that are known to take it, and would otherwise log each check as an error.
  health.send_local =
      backend.profile != Profile::none && facts_of(backend.profile).takes_local && sends_header(backend.identity);
  const MapReader map(report, *value, keys::health, "health.");
  map.read("interval", health.interval, duration_within(ranges::health_interval));
  health.timeout = std::min(health.timeout, health.interval);
  map.read("timeout", health.timeout, duration_within(ranges::health_timeout));
  map.read("rise", health.rise, integer_within(ranges::health_counts));
  map.read("fall", health.fall, integer_within(ranges::health_counts));
  map.read("send_proxy", health.send_local, parse_send_proxy);
  map.read("path", health.path, parse_check_path);
  if (const Value* path = map.find("path")) backend.places.health_path = report.place(path->line);
  map.read("host", health.host, parse_check_host);
  if (map.mentions("host") && !map.mentions("path")) {
    report.error(value->line, "health: 'host' is of a request: add path, as in path: /healthz");
  }
  backend.places.health = report.place(value->line);
  if (const Value* timeout = map.find("timeout")) backend.places.health_timeout = report.place(timeout->line);
  backend.health = health;
  const Value* send = map.find("send_proxy");
  require_receiver_takes_local(report, send == nullptr ? value->line : send->line, backend);
}

void read_ejection(Report& report, const MapReader& backend_map, Ejection& ejection) {
  const Value* value = backend_map.find("ejection");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::ejection, "ejection.");
  map.read("failures", ejection.failures, integer_within(ranges::ejection_failures));
  map.read("duration", ejection.duration, duration_within(ranges::ejection_duration));
}

// What only requests have.
void read_http(Report& report, const MapReader& map, Backend& backend) {
  map.read("keep_alive", backend.keep_alive, duration_within(ranges::keep_alive));
  if (const Value* value = map.find("keep_alive")) backend.places.keep_alive = report.place(value->line);
  map.read("forwarded", backend.forwarded, parse_off_on);
  if (const Value* value = map.find("forwarded")) backend.places.forwarded = report.place(value->line);
}

Backend read_backend(Report& report, const MapReader::Entry& entry) {
  Backend backend;
  backend.name = entry.key;
  backend.place = report.place(entry.line);
  const auto name = parse_name(entry.key);
  if (!name) report.error(entry.line, "backend " + name.error().text);
  if (entry.key == words::reject) {
    report.error(entry.line, "backend 'reject': in a route that word refuses the connection: choose another name");
  }
  const MapReader map(report, {entry.value.node, entry.line, entry.value.path}, keys::backend);
  std::uint32_t max_connections = 0;
  map.read("max_connections", max_connections, integer_within(ranges::endpoint_connections));
  const Value* endpoints = map.require("endpoints", "list where the backend listens, as in endpoints: ['10.0.0.7:80']");
  if (endpoints != nullptr) backend.endpoints = read_endpoints(report, *endpoints, max_connections);
  map.read("identity", backend.identity, parse_identity);
  if (const Value* identity = map.find("identity")) backend.places.identity = report.place(identity->line);
  map.read("profile", backend.profile, parse_profile);
  map.read("balance", backend.balance, parse_balance);
  read_tlvs(report, map, backend);
  read_health(report, map, backend);
  read_http(report, map, backend);
  read_ejection(report, map, backend.ejection);
  return backend;
}

// Whether another file has a backend of that name, which is an error.
bool is_taken(Report& report, const Config& config, const Backend& backend) {
  const Backend* first = config.find_backend(backend.name);
  if (first == nullptr) return false;
  report.error(backend.place.line, "backend " + quoted(backend.name) + " is written twice, first at " +
                                       to_string(first->place) + ": remove one of the two");
  return true;
}

}  // namespace

void read_backends(Report& report, const MapReader& root, Config& config, BackendNames& names) {
  if (!root.mentions("backends")) return;
  const Value* value = root.find("backends");
  if (value == nullptr || !value->node.IsMap()) names.complete = false;
  if (value == nullptr) return;
  const auto map = MapReader::of_names(report, *value, "backend", "backend");
  names.names.insert(names.names.end(), map.mentioned().begin(), map.mentioned().end());
  if (map.is_map() && map.entries().empty()) {
    report.error(value->line, "'backends' is empty: " + std::string(backends_remedy));
  }
  for (const MapReader::Entry& entry : map.entries()) {
    Backend backend = read_backend(report, entry);
    if (!is_taken(report, config, backend)) config.backends.push_back(std::move(backend));
  }
}

}  // namespace realpeer::config
