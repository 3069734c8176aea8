// Manifests composed for tests: an object a line, the first in line 1, the second in line 2, and so on.
#pragma once

#include <string>
#include <vector>

#include "unit/import/imported.h"

namespace realpeer::importing::composed {

inline std::string object(const std::string& group, const std::string& kind, const std::string& name,
                          const std::string& rest) {
  return "{ apiVersion: " + group + "v1, kind: " + kind + ", metadata: { name: " + name + " }, " + rest + " }";
}

inline std::string gateway_api(const std::string& kind, const std::string& name, const std::string& spec) {
  return object("gateway.networking.k8s.io/", kind, name, "spec: { " + spec + " }");
}

inline std::string envoy_gateway(const std::string& kind, const std::string& name, const std::string& spec) {
  return object("gateway.envoyproxy.io/", kind, name, "spec: { " + spec + " }");
}

// Of class "eg".
inline std::string gateway(const std::string& name, const std::string& listeners) {
  return gateway_api("Gateway", name, "gatewayClassName: eg, listeners: [" + listeners + "]");
}

inline std::string tcp(const std::string& name, int port) {
  return "{ name: " + name + ", port: " + std::to_string(port) + ", protocol: TCP }";
}
inline std::string http(const std::string& name, const std::string& rest = "port: 80") {
  return "{ name: " + name + ", protocol: HTTP, " + rest + " }";
}
inline std::string passthrough(const std::string& name, const std::string& rest = "port: 443") {
  return "{ name: " + name + ", protocol: TLS, tls: { mode: Passthrough }, " + rest + " }";
}

// To the Service "app" at port 9000; `parents` are fields of one parentRef.
inline std::string tcp_route(const std::string& name, const std::string& parent,
                             const std::string& refs = "{ name: app, port: 9000 }") {
  return gateway_api("TCPRoute", name, "parentRefs: [{ " + parent + " }], rules: [{ backendRefs: [" + refs + "] }]");
}
inline std::string tls_route(const std::string& name, const std::string& parent, const std::string& hostnames) {
  return gateway_api("TLSRoute", name,
                     "parentRefs: [{ " + parent + " }], hostnames: [" + hostnames +
                         "], rules: [{ backendRefs: [{ name: app, port: 9000 }] }]");
}
inline std::string http_route(const std::string& name, const std::string& parent, const std::string& rules,
                              const std::string& hostnames = "") {
  return gateway_api("HTTPRoute", name,
                     "parentRefs: [{ " + parent + " }], hostnames: [" + hostnames + "], rules: [" + rules + "]");
}
inline const std::string to_app = "backendRefs: [{ name: app, port: 9000 }]";

inline std::string client_policy(const std::string& name, const std::string& target, const std::string& rest) {
  return envoy_gateway("ClientTrafficPolicy", name,
                       "targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, " + target + " }], " + rest);
}
inline std::string backend_policy(const std::string& name, const std::string& target, const std::string& rest) {
  return envoy_gateway("BackendTrafficPolicy", name,
                       "targetRefs: [{ group: gateway.networking.k8s.io, " + target + " }], " + rest);
}

// mergeGateways for class "eg"; two objects.
inline std::vector<std::string> merged() {
  return {envoy_gateway("EnvoyProxy", "merged", "mergeGateways: true"),
          gateway_api("GatewayClass", "eg",
                      "parametersRef: { group: gateway.envoyproxy.io, kind: EnvoyProxy, name: merged, namespace: "
                      "default }")};
}

// A list of JSON: what kubectl prints, and an object stays a line.
inline std::string together(const std::vector<std::string>& objects) {
  std::string text = "{ kind: List, items: [";
  for (const std::string& one : objects) text += one + ",\n";
  return text + "] }\n";
}

inline Imported import_of(const std::vector<std::string>& objects, const Options& options = {}) {
  return imported(together(objects), options);
}

}  // namespace realpeer::importing::composed
