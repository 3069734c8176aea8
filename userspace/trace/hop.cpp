#include "trace/hop.h"

#include <algorithm>
#include <boost/lexical_cast/try_lexical_convert.hpp>

#include "admin_client/fields.h"

namespace realpeer::trace {

namespace {

using admin_client::Fields;

std::optional<net::Endpoint> endpoint_at(const Fields& fields, std::string_view name) {
  // Clients known by X-Forwarded-For have port 0.
  std::string text = fields.text(name);
  const bool without_port = text.ends_with(":0");
  if (without_port) text.back() = '1';
  const auto parsed = net::parse_endpoint(text);
  if (!parsed) return std::nullopt;
  return without_port ? net::Endpoint(parsed->address(), 0) : *parsed;
}

std::optional<bool> flag_or_null(const Fields& fields, std::string_view name) {
  if (fields.is_null(name)) return std::nullopt;
  return fields.flag(name);
}

std::uint64_t id_of(const Fields& fields) {
  std::uint64_t id = 0;
  boost::conversion::try_lexical_convert(fields.text("id"), id);
  return id;
}

Seen read_seen(const Fields& fields) {
  return {.id = id_of(fields),
          .listener = fields.text("listener"),
          .peer = endpoint_at(fields, "peer_addr").value_or(net::Endpoint()),
          .client = endpoint_at(fields, "client_addr"),
          .source = fields.text("client_source"),
          .trusted = fields.flag("trusted"),
          .unique_id = fields.text("unique_id"),
          .backend = fields.text("backend"),
          .endpoint = fields.text("endpoint"),
          .upstream = endpoint_at(fields, "upstream_addr"),
          .identity = fields.text("identity"),
          .delivered = flag_or_null(fields, "identity_delivered"),
          .path = fields.text("path"),
          .bytes_out = static_cast<std::uint64_t>(std::max(fields.number("bytes_out"), 0.0)),
          .end = fields.text("end"),
          .reason = fields.text("reason"),
          .looks_like = fields.text("looks_like"),
          .detail = fields.text("detail"),
          .remedy = fields.text("remedy")};
}

std::vector<Seen> read_all(const boost::json::object& document, std::string_view list) {
  std::vector<Seen> found;
  for (const Fields& fields : Fields(document).list(list)) found.push_back(read_seen(fields));
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

Daemon read_daemon(const boost::json::object& listeners, const boost::json::object& backends) {
  Daemon daemon{.node = Fields(listeners).text("node")};
  for (const Fields& fields : Fields(listeners).list("listeners")) {
    daemon.listeners.push_back({.name = fields.text("name"),
                                .bind = endpoint_at(fields, "bind").value_or(net::Endpoint()),
                                .accept_proxy = fields.text("accept_proxy"),
                                .routes = fields.text("routes"),
                                .names = fields.texts("names"),
                                .backends = fields.texts("backends"),
                                .tls = fields.flag("tls")});
  }
  for (const Fields& fields : Fields(backends).list("backends")) {
    BackendFacts backend{.name = fields.text("name"), .identity = fields.text("identity")};
    for (const Fields& endpoint : fields.list("endpoints")) backend.endpoints.push_back(endpoint.text("endpoint"));
    daemon.backends.push_back(std::move(backend));
  }
  return daemon;
}

std::vector<Seen> read_connections(const boost::json::object& document) { return read_all(document, "connections"); }

std::vector<Seen> read_refusals(const boost::json::object& document) { return read_all(document, "refusals"); }

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
