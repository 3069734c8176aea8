// Gateways.
#include <algorithm>

#include "config/spelling.h"
#include "import/readers.h"

namespace realpeer::importing {

using config::quoted;

namespace {

constexpr std::string_view no_client_certificates =
    "asks clients for certificates, which realpeer does not: to leave it out would let everybody in, so the listener "
    "is left out: pass its TLS on to a server that asks (TLSRoute)";

AllowedRoutes read_allowed(const Field& field) {
  AllowedRoutes allowed;
  const Field namespaces = field["namespaces"];
  const std::string from = text_or(namespaces["from"], "Same");
  if (from == "All") {
    allowed.from = AllowedRoutes::From::all;
  } else if (from == "Selector") {
    allowed.from = AllowedRoutes::From::selected;
    allowed.namespaces = read_label_selector(namespaces["selector"]);
  } else if (from != "Same") {
    namespaces["from"].warn(quoted(from) + " is not known, and taken as Same");
  }
  for (const Field& kind : field["kinds"].items()) allowed.kinds.push_back(kind["kind"].text());
  return allowed;
}

// Nothing where realpeer has nothing of the kind.
std::optional<Protocol> read_protocol(const Field& listener) {
  const Field field = listener["protocol"];
  const std::string protocol = field.text();
  if (protocol == "TCP") return Protocol::tcp;
  if (protocol == "HTTP") return Protocol::http;
  const std::string mode = text_or(listener["tls"]["mode"], "Terminate");
  if (protocol == "HTTPS") {
    if (mode == "Terminate") return Protocol::https;
    listener["tls"]["mode"].error(quoted(mode) + " is not for HTTPS: write protocol: TLS for what is passed on");
    return std::nullopt;
  }
  if (protocol == "TLS") {
    if (mode == "Passthrough") return Protocol::tls_passthrough;
    field.warn(
        "TLS that ends here, and is no HTTP behind it, has no translation: the listener is left out; it can be "
        "passed on (mode: Passthrough)");
    return std::nullopt;
  }
  field.warn(quoted(protocol) + " has no translation: the listener is left out");
  return std::nullopt;
}

void read_certificates(const Field& tls, const std::string& space, GatewayListener& listener) {
  for (const Field& item : tls["certificateRefs"].items()) {
    if (text_or(item["kind"], "Secret") != "Secret") {
      item["kind"].warn("certificates stand in Secrets: this one is left out");
      continue;
    }
    const Field name = item["name"];
    listener.certificates.push_back({{text_or(item["namespace"], space), name.text()}, name.place()});
  }
  if (tls["frontendValidation"]) {
    tls["frontendValidation"].error(std::string(no_client_certificates));
    listener.usable = false;
  }
  tls.pass_over_all_but({"mode", "certificateRefs", "frontendValidation"});
}

GatewayListener read_listener(const Field& item, const std::string& space) {
  GatewayListener listener{.name = item["name"].text(), .hostname = item["hostname"].text()};
  listener.place = item["name"] ? item["name"].place() : item.place();
  if (listener.hostname == "*") listener.hostname.clear();
  const auto port = item["port"].port();
  const auto protocol = read_protocol(item);
  listener.port = port.value_or(0);
  listener.protocol = protocol.value_or(Protocol::tcp);
  listener.usable = port && protocol;
  if (!item["port"]) item.error("listener " + quoted(listener.name) + " has no port: give it one");
  read_certificates(item["tls"], space, listener);
  listener.allowed = read_allowed(item["allowedRoutes"]);
  item.pass_over_all_but({"name", "hostname", "port", "protocol", "tls", "allowedRoutes"});
  return listener;
}

// tls.frontend asks for certificates on all ports, or on those that it lists.
void read_frontend(const Field& frontend, std::vector<GatewayListener>& listeners) {
  const auto refuse = [&listeners](const Field& validation, std::uint16_t port) {
    if (!validation) return;
    validation.error(std::string(no_client_certificates));
    for (GatewayListener& listener : listeners) {
      if (listener.protocol == Protocol::https && (port == 0 || listener.port == port)) listener.usable = false;
    }
  };
  refuse(frontend["default"]["validation"], 0);
  for (const Field& item : frontend["perPort"].items()) {
    refuse(item["tls"]["validation"], item["port"].port().value_or(0));
  }
}

}  // namespace

Gateway read_gateway(const Object& object) {
  const Field spec = object.root["spec"];
  Gateway gateway{.meta = object.meta, .class_name = spec["gatewayClassName"].text()};
  for (const Field& item : spec["listeners"].items()) {
    gateway.listeners.push_back(read_listener(item, object.meta.name.space));
  }
  gateway.own_envoy = static_cast<bool>(spec["infrastructure"]["parametersRef"]);
  read_frontend(spec["tls"]["frontend"], gateway.listeners);
  spec["tls"].pass_over_all_but({"frontend"});
  if (spec["addresses"]) {
    spec["addresses"].warn("addresses are given by the cluster, and left out: say with --bind_address where to listen");
  }
  spec.pass_over_all_but({"gatewayClassName", "listeners", "addresses", "infrastructure", "tls", "allowedListeners"});
  return gateway;
}

std::string text_or(const Field& field, const std::string& otherwise) {
  const std::string text = field.text();
  return text.empty() ? otherwise : text;
}

}  // namespace realpeer::importing
