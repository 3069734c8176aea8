#include "admin/documents.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "observe/advice.h"
#include "observe/printable.h"

namespace realpeer::admin {

namespace {

namespace json = boost::json;
using observe::index;

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(observe::json_text(text));
}

json::object active(const observe::ListenerTally& tally) {
  json::object by_path{{"none", tally.active[observe::no_path].load()}};
  for (std::size_t i = 0; i < observe::path_names.size(); ++i) by_path[observe::path_names[i]] = tally.active[i].load();
  return by_path;
}

json::object bytes(const observe::ListenerTally& tally) {
  json::object by_direction;
  for (std::size_t direction = 0; direction < tally.bytes.size(); ++direction) {
    json::object by_path;
    for (std::size_t path = 0; path < observe::path_names.size(); ++path) {
      by_path[observe::path_names[path]] = tally.bytes[direction][path].load();
    }
    by_direction[observe::direction_names[direction]] = std::move(by_path);
  }
  return by_direction;
}

json::object requests(const observe::ListenerTally& tally) {
  json::object by_class;
  for (std::size_t i = 0; i < tally.requests.size(); ++i) {
    if (const auto count = tally.requests[i].load(); count > 0) {
      by_class[i == 0 ? "none" : std::to_string(i) + "xx"] = count;
    }
  }
  return by_class;
}

json::array headers(const observe::ListenerTally& tally) {
  json::array found;
  for (std::size_t version = 0; version < tally.headers.size(); ++version) {
    for (std::size_t result = 0; result < tally.headers[version].size(); ++result) {
      const auto count = tally.headers[version][result].load();
      if (count == 0) continue;
      found.push_back({{"version", observe::header_version_names[version]},
                       {"result", observe::header_result_names[result]},
                       {"count", count}});
    }
  }
  return found;
}

json::array rejected(const observe::ListenerTally& tally) {
  json::array found;
  for (std::size_t i = 0; i < tally.rejected.size(); ++i) {
    const auto count = tally.rejected[i].load();
    if (count == 0) continue;
    const auto reason = static_cast<policy::RejectReason>(i);
    const auto advice = observe::advice(reason);
    found.push_back(
        {{"reason", policy::to_string(reason)}, {"count", count}, {"cause", advice.cause}, {"remedy", advice.remedy}});
  }
  return found;
}

json::array lint_document(std::span<const config::Diagnostic> lint) {
  json::array found;
  for (const auto& diagnostic : lint) {
    found.push_back({{"severity", diagnostic.severity == config::Severity::error ? "error" : "warning"},
                     {"place", config::to_string(diagnostic.place)},
                     {"text", diagnostic.text}});
  }
  return found;
}

std::string_view routes(const policy::Route& route) {
  if (route.is_http()) return "requests";
  return route.reads_hello() ? "server_names" : "all";
}

// That its route knows, as they are written.
json::array names(const policy::Route& route) {
  json::array found;
  for (const auto& [name, to] : route.names) found.emplace_back(name);
  for (const auto& rule : route.http) {
    if (!rule.host.empty() && std::ranges::find(found, json::value(rule.host)) == found.end()) {
      found.emplace_back(rule.host);
    }
  }
  return found;
}

bool same(const config::Place& one, const config::Place& other) {
  return one.line > 0 && one.line == other.line && one.file == other.file;
}

bool holds(const std::vector<config::Place>& places, const config::Place& place) {
  return std::ranges::any_of(places, [&](const config::Place& one) { return same(one, place); });
}

bool speaks_of(const config::Diagnostic& diagnostic, const config::Listener& listener) {
  const auto& place = diagnostic.place;
  const auto& places = listener.places;
  return same(listener.place, place) || same(places.bind, place) || same(places.accept_proxy, place) ||
         same(places.untrusted, place) || holds(places.trusted_cidrs, place) ||
         holds(places.trusted_forwarders, place) || holds(places.redirects, place) ||
         (listener.tls && same(listener.tls->place, place)) ||
         diagnostic.text.find("listener '" + listener.name + "'") != std::string::npos;
}

}  // namespace

std::vector<config::Diagnostic> lint_of(const config::Listener& listener, std::span<const config::Diagnostic> all) {
  std::vector<config::Diagnostic> found;
  std::ranges::copy_if(all, std::back_inserter(found),
                       [&](const config::Diagnostic& diagnostic) { return speaks_of(diagnostic, listener); });
  return found;
}

json::object listener_document(const config::Config& config, const config::Listener& listener,
                               const observe::ListenerTally& tally, std::span<const config::Diagnostic> lint) {
  json::array trusted;
  for (const auto& cidr : listener.trust.trusted_cidrs) trusted.emplace_back(cidr.to_string());
  json::array backends;
  for (const auto* backend : config.backends_of(listener)) backends.emplace_back(backend->name);
  return {{"name", listener.name},
          {"bind", net::to_string(listener.bind)},
          {"accept_proxy", policy::to_string(listener.trust.accept_proxy)},
          {"trusted_cidrs", std::move(trusted)},
          {"untrusted", config::to_string(listener.untrusted)},
          {"tls", listener.tls.has_value()},
          {"routes", routes(listener.route)},
          {"names", names(listener.route)},
          {"backends", std::move(backends)},
          {"lint", lint_document(lint)},
          {"connections", tally.connections.load()},
          {"active", active(tally)},
          {"bytes", bytes(tally)},
          {"requests", requests(tally)},
          {"headers", headers(tally)},
          {"rejected", rejected(tally)}};
}

json::object backend_document(const config::Backend& backend, std::span<const upstream::EndpointStatus> status) {
  json::array endpoints;
  for (const auto& endpoint : status) {
    endpoints.push_back({{"endpoint", endpoint.endpoint},
                         {"name", endpoint.name},
                         {"state", endpoint.state},
                         {"why", text_or_null(endpoint.why)},
                         {"active", endpoint.active},
                         {"connections", endpoint.connections},
                         {"failures", endpoint.failures}});
  }
  return {{"name", backend.name},
          {"identity", config::to_string(backend.identity)},
          {"unique_id", backend.tlvs.unique_id},
          {"profile", text_or_null(config::to_string(backend.profile))},
          {"balance", config::to_string(backend.balance)},
          {"health", backend.health.has_value()},
          {"endpoints", std::move(endpoints)}};
}

json::object refusal_document(const observe::SeenRefusal& refusal) {
  const auto advice = observe::advice(refusal.reason, refusal.looks_like);
  return {{"ts", observe::timestamp(refusal.when)},
          {"id", std::to_string(refusal.id)},
          {"listener", refusal.listener},
          {"peer_addr", refusal.peer},
          {"client_addr", text_or_null(refusal.client)},
          {"unique_id", text_or_null(observe::readable(refusal.unique_id))},
          {"reason", policy::to_string(refusal.reason)},
          {"looks_like", text_or_null(refusal.looks_like)},
          {"detail", text_or_null(refusal.detail)},
          {"cause", advice.cause},
          {"remedy", advice.remedy}};
}

json::object histogram_document(const observe::Histogram::Snapshot& times) {
  json::array buckets;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < times.counts.size(); ++i) {
    so_far += times.counts[i];
    const bool bounded = i < observe::Histogram::bounds.size();
    buckets.push_back(
        {{"le", bounded ? json::value(observe::Histogram::bounds.at(i)) : json::value(nullptr)}, {"count", so_far}});
  }
  return {{"count", so_far}, {"sum", times.sum}, {"buckets", std::move(buckets)}};
}

json::object connections_document(const session::Sight& sight, const session::Looking& looking,
                                  std::chrono::steady_clock::time_point now) {
  json::array connections;
  for (const auto& record : sight.records) {
    auto document = observe::to_object(record, now);
    document["upstream_addr"] = record.upstream ? json::value(net::to_string(*record.upstream)) : json::value(nullptr);
    if (record.end.empty()) document["end"] = nullptr;
    connections.emplace_back(std::move(document));
  }
  return {{"state", looking.ended ? "ended" : "live"},
          {"total", sight.total},
          {"matched", sight.matched},
          {"connections", std::move(connections)}};
}

}  // namespace realpeer::admin
