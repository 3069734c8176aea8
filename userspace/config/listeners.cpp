#include <algorithm>

#include "config/sections.h"

namespace realpeer::config {

namespace {

using policy::AcceptProxy;

Parsed<net::Endpoint> parse_bind(std::string_view text) {
  const auto bind = net::parse_endpoint(text);
  if (bind) return *bind;
  return Problem{bind.error() + "; '0.0.0.0:PORT' is every IPv4 address of this host, '[::]:PORT' IPv6 and IPv4"};
}

Parsed<AcceptProxy> parse_accept_proxy(std::string_view text) {
  constexpr std::array modes{AcceptProxy::off, AcceptProxy::strict, AcceptProxy::mixed, AcceptProxy::optional};
  return parse_enum(text, modes);
}

Parsed<Untrusted> parse_untrusted(std::string_view text) {
  constexpr std::array choices{Untrusted::refuse, Untrusted::drop};
  return parse_enum(text, choices);
}

void read_trusted_cidrs(Report& report, const MapReader& map, Listener& listener) {
  const Value* list = map.find("trusted_cidrs");
  if (list == nullptr) return;
  for (const Value& item : read_items(report, *list)) {
    auto cidr = read_scalar(report, item, parse_cidr);
    if (!cidr) continue;
    listener.trust.trusted_cidrs.push_back(std::move(*cidr));
    listener.places.trusted_cidrs.push_back(report.place(item.line));
  }
}

// A mode that believes headers from nobody in particular would believe nobody, or, misread, everybody: both are
// refused.
void require_trusted_cidrs(Report& report, const MapReader& map, const Listener& listener) {
  if (listener.trust.accept_proxy == AcceptProxy::off) return;
  const Value* list = map.find("trusted_cidrs");
  const bool written_but_wrong = map.mentions("trusted_cidrs") && list == nullptr;
  const bool empty = list == nullptr || (list->node.IsSequence() && list->node.size() == 0);
  if (written_but_wrong || !empty) return;
  const int line = list == nullptr ? listener.places.accept_proxy.line : list->line;
  report.error(line, "accept_proxy: " + std::string(to_string(listener.trust.accept_proxy)) + " needs trusted_cidrs: " +
                         "list the gateways that send headers, as in trusted_cidrs: [10.100.0.9/32]");
}

void read_trust(Report& report, const MapReader& map, Listener& listener) {
  const Value* mode = map.find("accept_proxy");
  listener.places.accept_proxy = mode == nullptr ? listener.place : report.place(mode->line);
  const bool known_mode =
      !map.mentions("accept_proxy") || map.read("accept_proxy", listener.trust.accept_proxy, parse_accept_proxy);
  read_trusted_cidrs(report, map, listener);
  if (known_mode) {
    require_trusted_cidrs(report, map, listener);
  } else {
    // Nothing can be said about the list's use without the mode.
    listener.trust.trusted_cidrs.clear();
  }
}

void read_untrusted(Report& report, const MapReader& map, Listener& listener) {
  const Value* value = map.find("untrusted");
  if (value == nullptr) return;
  listener.places.untrusted = report.place(value->line);
  map.read("untrusted", listener.untrusted, parse_untrusted);
}

void read_trusted_forwarders(Report& report, const MapReader& map, Listener& listener) {
  const Value* list = map.find("trusted_forwarders");
  if (list == nullptr) return;
  for (const Value& item : read_items(report, *list)) {
    auto cidr = read_scalar(report, item, parse_cidr);
    if (!cidr) continue;
    listener.trusted_forwarders.push_back(std::move(*cidr));
    listener.places.trusted_forwarders.push_back(report.place(item.line));
  }
}

void read_bounds(const MapReader& map, Listener& listener) {
  map.read("header_timeout", listener.header_timeout, duration_within(ranges::header_timeout));
  map.read("max_header", listener.max_header, integer_within(ranges::max_header));
  map.read("max_connections", listener.max_connections, integer_within(ranges::connections));
}

Listener read_listener(Report& report, const Value& item, const BackendNames& backends) {
  Listener listener;
  listener.place = report.place(item.line);
  listener.places.bind = listener.place;
  const MapReader map(report, item, keys::listener);
  if (map.require("name", "give the listener a name of its own") != nullptr) {
    map.read("name", listener.name, parse_name);
  }
  const Value* bind = map.require("bind", "say where to listen, as in bind: '0.0.0.0:2222'");
  if (bind != nullptr) listener.places.bind = report.place(bind->line);
  map.read("bind", listener.bind, parse_bind);
  read_trust(report, map, listener);
  read_untrusted(report, map, listener);
  read_bounds(map, listener);
  read_tls(report, map, listener.tls);
  read_trusted_forwarders(report, map, listener);
  read_route(report, map, backends, listener);
  return listener;
}

void require_unique_name(Report& report, const Config& config, const Listener& listener) {
  const auto first = std::ranges::find(config.listeners, listener.name, &Listener::name);
  if (listener.name.empty() || first == config.listeners.end()) return;
  report.error(listener.place.line, "listener name '" + listener.name + "' is taken by the listener at " +
                                        to_string(first->place) + ": rename one of the two");
}

}  // namespace

void read_listeners(Report& report, const MapReader& root, const BackendNames& backends, Config& config) {
  const Value* value = root.find("listeners");
  if (value == nullptr) return;
  const std::vector<Value> items = read_items(report, *value);
  if (items.empty() && value->node.IsSequence()) {
    report.error(value->line, "'listeners' is empty: " + std::string(listeners_remedy));
  }
  for (const Value& item : items) {
    Listener listener = read_listener(report, {item.node, item.line, "listener"}, backends);
    require_unique_name(report, config, listener);
    config.listeners.push_back(std::move(listener));
  }
}

}  // namespace realpeer::config
