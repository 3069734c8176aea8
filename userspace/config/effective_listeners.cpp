#include <boost/json/value_from.hpp>

#include "config/effective_sections.h"
#include "config/scalars.h"
#include "config/schema.h"

namespace realpeer::config {

namespace json = boost::json;

namespace {

json::object written(const Tls& tls) {
  json::array certificates;
  for (const auto& files : tls.certificates) {
    certificates.push_back({{"certificate", files.certificate}, {"key", files.key}});
  }
  return {{"certificates", std::move(certificates)},
          {"min_version", to_string(tls.least)},
          {"handshake_timeout", to_string(tls.handshake_timeout)}};
}

json::value written(const policy::Target& target) { return json::value_from(target ? *target : words::reject); }

json::value written(const policy::NameRoute& route) {
  if (route.alpn.empty()) return written(route.otherwise);
  json::object protocols;
  for (const auto& [protocol, target] : route.alpn) protocols[protocol] = written(target);
  return {{"alpn", std::move(protocols)}, {words::otherwise, written(route.otherwise)}};
}

json::object written(const policy::HttpRule& rule, const Timeouts& timeouts) {
  json::object all;
  if (!rule.host.empty()) all["host"] = rule.host;
  all["path"] = rule.path;
  if (!rule.backend) {
    all["redirect"] = words::redirect[0];
    return all;
  }
  all["backend"] = *rule.backend;
  all["timeout"] = to_string(rule.timeout.value_or(timeouts.response));
  return all;
}

json::object written(const policy::Route& route, const Timeouts& timeouts) {
  if (!route.reads_hello() && !route.is_http()) return {{"backend", written(route.otherwise)}};
  json::object all;
  if (route.reads_hello()) {
    json::object names;
    for (const auto& [name, name_route] : route.names) names[name] = written(name_route);
    all["sni"] = std::move(names);
  } else {
    json::array rules;
    for (const auto& rule : route.http) rules.push_back(written(rule, timeouts));
    all["http"] = std::move(rules);
  }
  all[words::otherwise] = written(route.otherwise);
  return all;
}

}  // namespace

json::object effective_listener(const Config& config, const Listener& listener) {
  json::object all{{"name", listener.name},
                   {"bind", net::to_string(listener.bind)},
                   {"accept_proxy", to_string(listener.trust.accept_proxy)},
                   {"trusted_cidrs", list_of(listener.trust.trusted_cidrs)},
                   {"untrusted", to_string(listener.untrusted)},
                   {"header_timeout", to_string(listener.header_timeout)},
                   {"max_header", listener.max_header}};
  if (listener.max_connections > 0) all["max_connections"] = listener.max_connections;
  if (listener.tls) all["tls"] = written(*listener.tls);
  if (listener.route.is_http()) all["trusted_forwarders"] = list_of(listener.trusted_forwarders);
  all["route"] = written(listener.route, config.timeouts);
  return all;
}

}  // namespace realpeer::config
