#include "import/manifests.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "config/spelling.h"
#include "import/readers.h"

namespace realpeer::importing {

using config::quoted;

namespace {

constexpr std::string_view gateway_api = "gateway.networking.k8s.io";
constexpr std::string_view envoy_gateway = "gateway.envoyproxy.io";

// Without these somebody is let in who was not: they cannot just be left out.
constexpr std::array guards{"SecurityPolicy", "EnvoyExtensionPolicy", "EnvoyPatchPolicy"};

bool is_of_a_gateway(const std::string& group) {
  return group == gateway_api || group == envoy_gateway || group == "gateway.networking.x-k8s.io";
}

class ManifestReader {
 public:
  explicit ManifestReader(Findings& findings) : findings_(&findings) {}

  void read(const std::vector<Object>& objects) {
    for (const Object& object : objects) {
      if (is_new(object)) read(object);
    }
  }

  Manifests take() {
    for (const auto& [class_name, parameters] : parameters_) {
      if (merging_.contains(parameters)) manifests_.merged_classes.insert(class_name);
    }
    const auto sort = [](auto& list) {
      std::ranges::stable_sort(list, [](const auto& a, const auto& b) { return a.meta.precedes(b.meta); });
    };
    sort(manifests_.gateways);
    sort(manifests_.routes);
    sort(manifests_.client_policies);
    sort(manifests_.backend_policies);
    sort(manifests_.services);
    sort(manifests_.slices);
    sort(manifests_.backends);
    sort(manifests_.grants);
    return std::move(manifests_);
  }

 private:
  bool is_new(const Object& object) {
    const Meta& meta = object.meta;
    const auto [first, is_new] = places_.try_emplace({object.group, meta.kind, meta.name}, meta.place);
    if (!is_new) {
      findings_->error(meta.place, meta.described() + " of namespace " + quoted(meta.name.space) +
                                       " is there already, at " + to_string(first->second) +
                                       ": this one is left out; give one of the two");
    }
    return is_new;
  }

  void read(const Object& object) {
    const std::string& kind = object.meta.kind;
    if (object.group.empty()) return read_core(object);
    if (object.group == "discovery.k8s.io" && kind == "EndpointSlice") {
      manifests_.slices.push_back(read_endpoint_slice(object));
      return;
    }
    if (!is_of_a_gateway(object.group)) return;  // of nothing that connections pass through
    if (object.group == gateway_api ? read_gateway_api(object) : read_envoy_gateway(object)) return;
    if (std::ranges::find(guards, kind) != guards.end()) {
      findings_->error(object.meta.place, object.meta.described() +
                                              " has no translation, and what it guards would stand open: guard it "
                                              "elsewhere, and take it out of the files");
    } else {
      findings_->warn(object.meta.place, object.meta.described() + " has no translation, and is left out");
    }
  }

  void read_core(const Object& object) {
    if (object.meta.kind == "Service") manifests_.services.push_back(read_service(object));
    if (object.meta.kind == "Namespace") manifests_.namespaces[object.meta.name.name] = object.meta.labels;
  }

  bool read_gateway_api(const Object& object) {
    const std::string& kind = object.meta.kind;
    if (kind == "Gateway") {
      manifests_.gateways.push_back(read_gateway(object));
    } else if (kind == "HTTPRoute" || kind == "TLSRoute" || kind == "TCPRoute") {
      manifests_.routes.push_back(read_route(object));
    } else if (kind == "ReferenceGrant") {
      manifests_.grants.push_back(read_reference_grant(object));
    } else if (kind == "GatewayClass") {
      const Field parameters = object.root["spec"]["parametersRef"];
      parameters_[object.meta.name.name] = {text_or(parameters["namespace"], object.meta.name.space),
                                            parameters["name"].text()};
    } else if (kind == "BackendTLSPolicy") {
      read_backend_tls(object);
    } else {
      return false;
    }
    return true;
  }

  bool read_envoy_gateway(const Object& object) {
    const std::string& kind = object.meta.kind;
    if (kind == "ClientTrafficPolicy") {
      manifests_.client_policies.push_back(read_client_policy(object));
    } else if (kind == "BackendTrafficPolicy") {
      manifests_.backend_policies.push_back(read_backend_policy(object));
    } else if (kind == "Backend") {
      manifests_.backends.push_back(read_external_backend(object));
    } else if (kind == "EnvoyProxy") {
      if (object.root["spec"]["mergeGateways"].is_true()) merging_.insert(object.meta.name);
    } else {
      return false;
    }
    return true;
  }

  void read_backend_tls(const Object& object) {
    for (const Field& item : object.root["spec"]["targetRefs"].items()) {
      manifests_.tls_services.insert({object.meta.name.space, item["name"].text()});
    }
  }

  Findings* findings_;
  Manifests manifests_;
  std::map<std::tuple<std::string, std::string, Name>, Place> places_;
  std::map<std::string, Name> parameters_;  // of a GatewayClass
  std::set<Name> merging_;                  // EnvoyProxies
};

}  // namespace

std::string with_port(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Manifests read_manifests(const std::vector<File>& files, const std::string& space, Findings& findings) {
  ManifestReader reader(findings);
  for (const File& file : files) reader.read(read_objects(file.text, file.name, space, findings));
  return reader.take();
}

}  // namespace realpeer::importing
