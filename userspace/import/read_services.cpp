// What routes lead to: Services with their EndpointSlices, Backends, and the ReferenceGrants that permit it.
#include "config/scalars.h"
#include "import/readers.h"

namespace realpeer::importing {

namespace {

std::string without_last_dot(std::string name) {
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

Service::Port read_port(const Field& item) {
  const auto port = item["port"].port().value_or(0);
  const std::string target = item["targetPort"].text();
  const bool is_number = !target.empty() && target.find_first_not_of("0123456789") == std::string::npos;
  const auto number = is_number ? item["targetPort"].port().value_or(0) : std::uint16_t{0};
  return {item["name"].text(), port, target.empty() ? port : number};
}

// Nothing where it is no address of TCP.
std::optional<std::string> read_endpoint(const Field& item) {
  const bool by_name = static_cast<bool>(item["fqdn"]);
  const Field field = by_name ? item["fqdn"] : item["ip"];
  if (!field) {
    item.warn("realpeer connects to addresses and names: this endpoint is left out");
    return std::nullopt;
  }
  const auto port = field["port"].port();
  const std::string host = by_name ? without_last_dot(field["hostname"].text()) : field["address"].text();
  if (!port) return std::nullopt;
  const std::string endpoint = with_port(host, *port);
  if (const auto parsed = config::parse_endpoint_spec(endpoint); !parsed) {
    field.error(parsed.error().text);
    return std::nullopt;
  }
  return endpoint;
}

}  // namespace

Service read_service(const Object& object) {
  const Field spec = object.root["spec"];
  Service service{.meta = object.meta};
  service.headless = spec["clusterIP"].text() == "None";
  service.selects = !spec["selector"].entries().empty();
  if (spec["type"].text() == "ExternalName") service.external_name = without_last_dot(spec["externalName"].text());
  for (const Field& item : spec["ports"].items()) service.ports.push_back(read_port(item));
  return service;
}

EndpointSlice read_endpoint_slice(const Object& object) {
  EndpointSlice slice{.meta = object.meta};
  const auto label = object.meta.labels.find("kubernetes.io/service-name");
  if (label != object.meta.labels.end()) slice.service = label->second;
  for (const Field& item : object.root["endpoints"].items()) {
    const Field ready = item["conditions"]["ready"];
    if (ready && !ready.is_true()) continue;
    for (std::string& address : item["addresses"].texts()) slice.addresses.push_back(std::move(address));
  }
  for (const Field& item : object.root["ports"].items()) {
    if (const auto port = item["port"].port()) slice.ports[item["name"].text()] = *port;
  }
  return slice;
}

ExternalBackend read_external_backend(const Object& object) {
  const Field spec = object.root["spec"];
  ExternalBackend backend{.meta = object.meta};
  backend.tls = static_cast<bool>(spec["tls"]);
  if (const Field type = spec["type"]; text_or(type, "Endpoints") != "Endpoints") {
    type.warn(type.text() + " takes the client's word for where to connect, and has no translation");
  }
  for (const Field& item : spec["endpoints"].items()) {
    if (auto endpoint = read_endpoint(item)) backend.endpoints.push_back(std::move(*endpoint));
  }
  spec.pass_over_all_but({"type", "endpoints", "tls"});
  return backend;
}

ReferenceGrant read_reference_grant(const Object& object) {
  const Field spec = object.root["spec"];
  ReferenceGrant grant{.meta = object.meta};
  for (const Field& item : spec["from"].items()) {
    grant.from.push_back({item["group"].text(), item["kind"].text(), item["namespace"].text()});
  }
  for (const Field& item : spec["to"].items()) {
    grant.to.push_back({item["group"].text(), item["kind"].text(), item["name"].text()});
  }
  return grant;
}

}  // namespace realpeer::importing
