#include "trace/hop.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/lexical_cast/try_lexical_convert.hpp>

namespace realpeer::trace {

namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t number_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::optional<bool> flag_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

std::optional<net::Endpoint> endpoint_at(const json::object& object, std::string_view name) {
  // Clients known by X-Forwarded-For have port 0.
  std::string text = text_at(object, name);
  const bool without_port = text.ends_with(":0");
  if (without_port) text.back() = '1';
  const auto parsed = net::parse_endpoint(text);
  if (!parsed) return std::nullopt;
  return without_port ? net::Endpoint(parsed->address(), 0) : *parsed;
}

// The objects of a list.
std::vector<json::object> objects_at(const json::object& object, std::string_view name) {
  std::vector<json::object> found;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& item : value->get_array()) {
    if (item.is_object()) found.push_back(item.get_object());
  }
  return found;
}

std::vector<std::string> texts_at(const json::object& object, std::string_view name) {
  std::vector<std::string> found;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& item : value->get_array()) {
    if (item.is_string()) found.emplace_back(item.get_string());
  }
  return found;
}

std::uint64_t id_of(const json::object& object) {
  std::uint64_t id = 0;
  boost::conversion::try_lexical_convert(text_at(object, "id"), id);
  return id;
}

Seen read_seen(const json::object& object) {
  Seen seen{.id = id_of(object), .listener = text_at(object, "listener")};
  seen.peer = endpoint_at(object, "peer_addr").value_or(net::Endpoint());
  seen.client = endpoint_at(object, "client_addr");
  seen.source = text_at(object, "client_source");
  seen.trusted = flag_at(object, "trusted").value_or(false);
  seen.unique_id = text_at(object, "unique_id");
  seen.backend = text_at(object, "backend");
  seen.endpoint = text_at(object, "endpoint");
  seen.upstream = endpoint_at(object, "upstream_addr");
  seen.identity = text_at(object, "identity");
  seen.delivered = flag_at(object, "identity_delivered");
  seen.path = text_at(object, "path");
  seen.bytes_out = number_at(object, "bytes_out");
  seen.end = text_at(object, "end");
  seen.reason = text_at(object, "reason");
  seen.looks_like = text_at(object, "looks_like");
  seen.detail = text_at(object, "detail");
  seen.remedy = text_at(object, "remedy");
  return seen;
}

std::vector<Seen> read_all(const json::object& document, std::string_view list) {
  std::vector<Seen> found;
  for (const auto& object : objects_at(document, list)) found.push_back(read_seen(object));
  return found;
}

}  // namespace

const ListenerFacts* Daemon::listener(std::string_view name) const {
  const auto found = std::ranges::find(listeners, name, &ListenerFacts::name);
  return found == listeners.end() ? nullptr : &*found;
}

const BackendFacts* Daemon::backend(std::string_view name) const {
  const auto found = std::ranges::find(backends, name, &BackendFacts::name);
  return found == backends.end() ? nullptr : &*found;
}

bool Daemon::listens_on(std::uint16_t port) const {
  return std::ranges::any_of(listeners, [port](const ListenerFacts& one) { return one.bind.port() == port; });
}

Daemon read_daemon(const json::object& listeners, const json::object& backends) {
  Daemon daemon{.node = text_at(listeners, "node")};
  for (const auto& object : objects_at(listeners, "listeners")) {
    daemon.listeners.push_back({.name = text_at(object, "name"),
                                .bind = endpoint_at(object, "bind").value_or(net::Endpoint()),
                                .accept_proxy = text_at(object, "accept_proxy"),
                                .trusted_cidrs = texts_at(object, "trusted_cidrs"),
                                .routes = text_at(object, "routes"),
                                .names = texts_at(object, "names"),
                                .backends = texts_at(object, "backends"),
                                .tls = flag_at(object, "tls").value_or(false)});
  }
  for (const auto& object : objects_at(backends, "backends")) {
    BackendFacts backend{.name = text_at(object, "name"), .identity = text_at(object, "identity")};
    for (const auto& endpoint : objects_at(object, "endpoints")) {
      backend.endpoints.push_back(text_at(endpoint, "endpoint"));
    }
    daemon.backends.push_back(std::move(backend));
  }
  return daemon;
}

std::vector<Seen> read_connections(const json::object& document) { return read_all(document, "connections"); }

std::vector<Seen> read_refusals(const json::object& document) { return read_all(document, "refusals"); }

std::vector<Seen> together(std::vector<Seen> connections, std::vector<Seen> refusals) {
  for (auto& refusal : refusals) {
    const auto same = std::ranges::find_if(
        connections, [&](const Seen& one) { return one.id == refusal.id && one.reason == refusal.reason; });
    if (same == connections.end()) {
      connections.push_back(std::move(refusal));
    } else {
      same->remedy = std::move(refusal.remedy);
    }
  }
  return connections;
}

}  // namespace realpeer::trace
