// Which backend takes a connection: a pure function of the listener's route and of what a TLS ClientHello asks for.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/http_route.h"

namespace realpeer::policy {

// As names are compared: in lower case (ASCII; these are A-labels), without a trailing dot.
std::string normal_name(std::string_view name);

// A backend's name; nothing: the connection is rejected.
using Target = std::optional<std::string>;

struct AlpnRoute {
  std::string protocol;  // as in ALPN: "h2", "http/1.1", "acme-tls/1"
  Target target;
};

// Where the connections that ask for one server name go.
struct NameRoute {
  std::vector<AlpnRoute> alpn;  // the first protocol in the client's order that stands here decides
  Target otherwise;             // every other protocol, and none
};

struct Route {
  // "git.example.com", or "*.example.com" for every name below example.com, however deep; lower case. Empty: the
  // connection's bytes are not looked at.
  std::map<std::string, NameRoute, std::less<>> names;
  // Requests are routed one by one. Never together with `names`.
  std::vector<HttpRule> http;
  Target otherwise;  // every other name, and a ClientHello without one; every other request

  [[nodiscard]] bool reads_hello() const { return !names.empty(); }
  [[nodiscard]] bool is_http() const { return !http.empty(); }
};

// What a ClientHello asks for; names as they came.
struct Asked {
  std::string_view server_name;  // empty: none
  std::span<const std::string> alpn;
};

struct Choice {
  const Target* target;
  const std::string* protocol = nullptr;  // the one of ALPN that decided, if one did
  bool name_known = false;                // the name stands in the route
  bool by_protocol = false;               // and is routed by protocol
};

// The exact name first, then the longest wildcard; letters are compared without case, a trailing dot counts for
// nothing. A name that stands in the route never falls back to the route's `otherwise`. The result points into `route`.
Choice choose(const Route& route, const Asked& asked);

// Every backend the route may choose, each once, in order.
std::vector<std::string_view> targets(const Route& route);

}  // namespace realpeer::policy
