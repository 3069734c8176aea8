// ClientTrafficPolicies and BackendTrafficPolicies.
#include <array>

#include "config/scalars.h"
#include "config/spelling.h"
#include "import/readers.h"

namespace realpeer::importing {

using config::quoted;
using std::chrono::milliseconds;

namespace {

TargetRef read_target(const Field& item) {
  const Field name = item["name"];
  return {item["kind"].text(), name.text(), item["sectionName"].text(), name ? name.place() : item.place()};
}

TargetSelector read_selector(const Field& item) {
  TargetSelector selector{.kind = item["kind"].text(), .labels = read_label_selector(item), .place = item.place()};
  const Field namespaces = item["namespaces"];
  const std::string from = text_or(namespaces["from"], "Same");
  selector.all_namespaces = from != "Same";
  if (from == "Selector") selector.namespaces = read_label_selector(namespaces["selector"]);
  return selector;
}

// targetRef, the older spelling, goes before targetRefs, as Envoy Gateway has it.
void read_targets(const Field& spec, Policy& policy) {
  if (const Field single = spec["targetRef"]) {
    policy.targets.push_back(read_target(single));
  } else {
    for (const Field& item : spec["targetRefs"].items()) policy.targets.push_back(read_target(item));
  }
  for (const Field& item : spec["targetSelectors"].items()) policy.selectors.push_back(read_selector(item));
  if (policy.targets.empty() && policy.selectors.empty()) {
    spec.findings().error(policy.meta.place,
                          policy.meta.described() + " is for nothing: name what it is for in targetRefs");
  }
}

void read_inbound(const Field& spec, ClientPolicy& policy) {
  policy.inbound_place = policy.meta.place;
  if (const Field header = spec["proxyProtocol"]) {
    const bool optional = header["optional"].is_true();
    policy.inbound = optional ? Inbound::optional : Inbound::required;
    policy.inbound_by = optional ? "proxyProtocol.optional: true" : "proxyProtocol.optional: false";
    policy.inbound_place = header.place();
  } else if (const Field older = spec["enableProxyProtocol"]; older.is_true()) {
    policy.inbound = Inbound::required;
    policy.inbound_by = "enableProxyProtocol: true";
    policy.inbound_place = older.place();
  }
}

void read_forwarders(const Field& detection, ClientPolicy& policy) {
  const Field forwarded = detection["xForwardedFor"];
  for (const Field& item : forwarded["trustedCIDRs"].items()) {
    auto cidr = net::Cidr::parse(item.text());
    if (cidr) {
      policy.forwarders.push_back(*cidr);
    } else {
      item.error(cidr.error() + ": it is left out");
    }
  }
  if (forwarded["numTrustedHops"]) {
    forwarded["numTrustedHops"].warn(
        "X-Forwarded-For is believed of networks, and not by the number of hops: it is left out, and the field is not "
        "believed; list the proxies in trusted_forwarders");
  }
  forwarded.pass_over_all_but({"trustedCIDRs", "numTrustedHops"});
  detection.pass_over_all_but({"xForwardedFor"});
}

void read_tls(const Field& tls, ClientPolicy& policy) {
  const Field least = tls["minVersion"];
  const std::string version = least.text();
  if (version == "1.3") policy.least_tls = config::TlsVersion::v1_3;
  if (version == "1.0" || version == "1.1") least.warn(quoted(version) + " is not spoken any more: 1.2 is the oldest");
  const Field validation = tls["clientValidation"];
  if (validation) policy.client_certificates = validation.place();
  tls.pass_over_all_but({"minVersion", "clientValidation"});
}

std::optional<config::Balance> read_balance(const Field& field) {
  const Field type = field["type"];
  if (!type) return std::nullopt;
  const std::string name = type.text();
  field.pass_over_all_but({"type", "consistentHash"});
  if (name == "RoundRobin") return config::Balance::round_robin;
  if (name == "LeastRequest") return config::Balance::least_connections;
  if (name == "ConsistentHash" && field["consistentHash"]["type"].text() == "SourceIP") {
    return config::Balance::client_hash;
  }
  type.warn(name + " has no translation: round_robin stands in for it");
  return std::nullopt;
}

std::optional<milliseconds> read_time(const Field& field, config::Range<milliseconds> range) {
  const auto duration = field.duration();
  if (!duration) return std::nullopt;
  const milliseconds time(*duration);
  if (time >= range.least && time <= range.most) return time;
  field.warn("out of range: write " + config::to_string(range.least) + " to " + config::to_string(range.most) +
             "; the default holds");
  return std::nullopt;
}

std::optional<HealthCheck> read_health(const Field& field) {
  const Field active = field["active"];
  field.pass_over_all_but({"active"});
  if (!active) return std::nullopt;
  HealthCheck check{.interval = read_time(active["interval"], config::ranges::health_interval),
                    .timeout = read_time(active["timeout"], config::ranges::health_timeout),
                    .rise = active["healthyThreshold"].number(1, 100),
                    .fall = active["unhealthyThreshold"].number(1, 100)};
  const std::string type = active["type"].text();
  if (type == "HTTP") {
    check.path = active["http"]["path"].text();
    check.host = active["http"]["hostname"].text();
    active["http"].pass_over_all_but({"path", "hostname"});
  } else if (type != "TCP") {
    active["type"].warn("a check of type " + type + " has no translation: one that connects stands in for it");
  }
  active["tcp"].pass_over_all_but({});
  active.pass_over_all_but({"interval", "timeout", "healthyThreshold", "unhealthyThreshold", "type", "http", "tcp"});
  return check;
}

std::optional<config::Identity> read_outbound(const Field& header) {
  if (!header) return std::nullopt;
  const Field version = header["version"];
  if (version.text() == "V1") return config::Identity::proxy_v1;
  if (version.text() == "V2") return config::Identity::proxy_v2;
  (version ? version : header)
      .error("version " + quoted(version.text()) + " is neither V1 nor V2: V2 stands in for it");
  return config::Identity::proxy_v2;
}

}  // namespace

ClientPolicy read_client_policy(const Object& object) {
  const Field spec = object.root["spec"];
  ClientPolicy policy{{.meta = object.meta}};
  read_targets(spec, policy);
  read_inbound(spec, policy);
  read_forwarders(spec["clientIPDetection"], policy);
  read_tls(spec["tls"], policy);
  const Field connection = spec["connection"];
  const auto most = static_cast<std::uint32_t>(config::ranges::connections.most);
  policy.max_connections = connection["connectionLimit"]["value"].number(1, most).value_or(0);
  connection["connectionLimit"].pass_over_all_but({"value"});
  connection.pass_over_all_but({"connectionLimit"});
  spec.pass_over_all_but({"targetRef", "targetRefs", "targetSelectors", "proxyProtocol", "enableProxyProtocol",
                          "clientIPDetection", "tls", "connection"});
  return policy;
}

BackendPolicy read_backend_policy(const Object& object) {
  const Field spec = object.root["spec"];
  BackendPolicy policy{{.meta = object.meta}};
  read_targets(spec, policy);
  policy.merges = static_cast<bool>(spec["mergeType"]);
  policy.outbound = read_outbound(spec["proxyProtocol"]);
  policy.balance = read_balance(spec["loadBalancer"]);
  policy.health = read_health(spec["healthCheck"]);
  spec.pass_over_all_but({"targetRef", "targetRefs", "targetSelectors", "mergeType", "proxyProtocol", "loadBalancer",
                          "healthCheck", "routingType", "telemetry"});
  return policy;
}

}  // namespace realpeer::importing
