// What the manifests say, as values: of each kind what has a translation. What has none was reported while reading.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "import/documents.h"
#include "import/labels.h"
#include "net/address.h"

namespace realpeer::importing {

enum class Protocol : std::uint8_t { tcp, tls_passthrough, http, https };

// Of routes from one namespace alone, from all, or from those with these labels.
struct AllowedRoutes {
  enum class From : std::uint8_t { same, all, selected } from = From::same;
  LabelSelector namespaces{};
  std::vector<std::string> kinds{};  // empty: those of the protocol
};

struct SecretRef {
  Name name;
  Place place;
};

struct GatewayListener {
  std::string name;
  std::string hostname;  // empty: every one
  std::uint16_t port = 0;
  Protocol protocol = Protocol::tcp;
  std::vector<SecretRef> certificates{};
  AllowedRoutes allowed{};
  Place place{};
  bool usable = true;  // else it has no translation, which was reported; policies may name it all the same
};

struct Gateway {
  Meta meta;
  std::string class_name;
  bool own_envoy = false;  // parameters of its own, which a merged one cannot have
  std::vector<GatewayListener> listeners{};
};

struct BackendRef {
  std::string group;
  std::string kind;
  Name name;
  std::uint16_t port = 0;  // 0: none, as for a Backend
  std::uint32_t weight = 1;
  Place place{};
};

// Where it goes, or how it is redirected.
struct RouteRule {
  std::string name;
  std::vector<std::string> paths{};  // of HTTP: prefixes, one at least
  std::vector<BackendRef> refs{};
  bool redirect_to_https = false;
  std::optional<std::chrono::milliseconds> timeout{};
  Place place{};
};

struct ParentRef {
  Name gateway;
  std::string section;                  // empty: every listener
  std::optional<std::uint16_t> port{};  // of the listeners
  Place place{};
};

struct Route {
  Meta meta;  // kind: TCPRoute, TLSRoute or HTTPRoute
  std::vector<std::string> hostnames{};
  std::vector<ParentRef> parents{};
  std::vector<RouteRule> rules{};
};

// A thing that a policy is for.
struct TargetRef {
  std::string kind;
  std::string name;  // in the policy's namespace
  std::string section;
  Place place;
};

struct TargetSelector {
  std::string kind;
  LabelSelector labels;
  bool all_namespaces = false;
  LabelSelector namespaces{};  // with all_namespaces
  Place place{};
};

struct Policy {
  Meta meta;
  std::vector<TargetRef> targets{};
  std::vector<TargetSelector> selectors{};
};

// Of a listener: whether a PROXY protocol header must come, may come, or is not read.
enum class Inbound : std::uint8_t { plain, required, optional };

struct ClientPolicy : Policy {
  Inbound inbound = Inbound::plain;
  std::string inbound_by{};  // the setting, for comments: "proxyProtocol.optional: false"
  Place inbound_place{};
  std::vector<net::Cidr> forwarders{};
  std::optional<config::TlsVersion> least_tls{};
  std::uint32_t max_connections = 0;  // 0: none
  // Only clients with a certificate are let in, which realpeer cannot ask for.
  std::optional<Place> client_certificates{};
};

struct HealthCheck {
  std::optional<std::chrono::milliseconds> interval{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<std::uint32_t> rise{};
  std::optional<std::uint32_t> fall{};
  std::string path{};
  std::string host{};

  bool operator==(const HealthCheck&) const = default;
};

struct BackendPolicy : Policy {
  bool merges = false;                         // what it does not say is said by the policy of the parent
  std::optional<config::Identity> outbound{};  // proxy_v1 or proxy_v2
  std::optional<config::Balance> balance{};
  std::optional<HealthCheck> health{};
};

struct Service {
  struct Port {
    std::string name;
    std::uint16_t port = 0;
    std::uint16_t target = 0;  // where the pods listen; 0: by a name, and not known
  };
  Meta meta;
  bool headless = false;
  bool selects = false;         // its endpoints are pods
  std::string external_name{};  // else empty
  std::vector<Port> ports{};
};

struct EndpointSlice {
  Meta meta;
  std::string service{};
  std::vector<std::string> addresses{};
  std::map<std::string, std::uint16_t> ports{};  // by name
};

// Of gateway.envoyproxy.io: endpoints outside the cluster.
struct ExternalBackend {
  Meta meta;
  std::vector<std::string> endpoints{};  // "HOST:PORT"
  bool tls = false;                      // it wants to be spoken to in TLS
};

struct ReferenceGrant {
  struct From {
    std::string group;
    std::string kind;
    std::string space;
  };
  struct To {
    std::string group;
    std::string kind;
    std::string name;  // empty: each
  };
  Meta meta;
  std::vector<From> from{};
  std::vector<To> to{};
};

// Each list in the order of Meta::precedes(), so that the order of files says nothing.
struct Manifests {
  std::vector<Gateway> gateways{};
  std::vector<Route> routes{};
  std::vector<ClientPolicy> client_policies{};
  std::vector<BackendPolicy> backend_policies{};
  std::vector<Service> services{};
  std::vector<EndpointSlice> slices{};
  std::vector<ExternalBackend> backends{};
  std::vector<ReferenceGrant> grants{};
  std::map<std::string, std::map<std::string, std::string>> namespaces{};  // to their labels
  std::set<std::string> merged_classes{};                                  // mergeGateways
  // Of what BackendTLSPolicies name: Services and Backends that are spoken to in TLS.
  std::set<Name> tls_services{};
};

// "HOST:PORT", with brackets around an IPv6 address.
std::string with_port(const std::string& host, std::uint16_t port);

struct File {
  std::string name;
  std::string text;
};

Manifests read_manifests(const std::vector<File>& files, const std::string& space, Findings& findings);

}  // namespace realpeer::importing
