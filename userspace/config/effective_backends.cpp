#include <algorithm>
#include <array>
#include <boost/json/value_from.hpp>

#include "config/effective.h"
#include "config/effective_sections.h"
#include "config/scalars.h"
#include "config/schema.h"

namespace realpeer::config {

namespace json = boost::json;

namespace {

json::object written(const EndpointSpec& endpoint) {
  json::object all{{"address", endpoint.to_string()}, {"weight", endpoint.weight}};
  if (endpoint.max_connections > 0) all["max_connections"] = endpoint.max_connections;
  return all;
}

json::array sent(const Tlvs& tlvs) {
  json::array names;
  const std::array flags{tlvs.authority, tlvs.alpn, tlvs.unique_id, tlvs.crc32c};
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags.at(i)) names.emplace_back(words::send_tlvs[i]);
  }
  return names;
}

json::value passed(const Tlvs& tlvs) {
  if (tlvs.pass_types.empty()) return json::value_from(words::pass_through[tlvs.pass_all ? 1 : 0]);
  json::array types;
  for (const auto type : tlvs.pass_types) types.emplace_back(tlv_type_to_string(type));
  return types;
}

// A query is where a key to a path would stand.
std::string without_secrets(const std::string& path) {
  const auto query = path.find('?');
  return query == std::string::npos ? path : path.substr(0, query + 1).append(masked);
}

json::object written(const Health& health) {
  json::object all{{"interval", to_string(health.interval)},
                   {"timeout", to_string(health.timeout)},
                   {"rise", health.rise},
                   {"fall", health.fall},
                   {"send_proxy", words::send_proxy[health.send_local ? 1 : 0]}};
  if (!health.path.empty()) all["path"] = without_secrets(health.path);
  if (!health.host.empty()) all["host"] = health.host;
  return all;
}

bool serves_requests(const Config& config, const Backend& backend) {
  return std::ranges::any_of(config.listeners_of(backend),
                             [](const Listener* listener) { return listener->route.is_http(); });
}

}  // namespace

json::object effective_backend(const Config& config, const Backend& backend) {
  json::array endpoints;
  for (const auto& endpoint : backend.endpoints) endpoints.push_back(written(endpoint));
  json::object all{{"endpoints", std::move(endpoints)}, {"identity", to_string(backend.identity)}};
  if (backend.profile != Profile::none) all["profile"] = to_string(backend.profile);
  all["balance"] = to_string(backend.balance);
  if (backend.identity == Identity::proxy_v2) {
    all["send_tlvs"] = sent(backend.tlvs);
    all["pass_through_tlvs"] = passed(backend.tlvs);
  }
  if (backend.health) all["health"] = written(*backend.health);
  all["ejection"] = {{"failures", backend.ejection.failures}, {"duration", to_string(backend.ejection.duration)}};
  if (serves_requests(config, backend)) {
    all["keep_alive"] = to_string(backend.keep_alive);
    all["forwarded"] = words::off_on[backend.forwarded ? 1 : 0];
  }
  return all;
}

}  // namespace realpeer::config
