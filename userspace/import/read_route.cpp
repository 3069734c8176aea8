// TCPRoutes, TLSRoutes, and of HTTPRoutes all but the rules.
#include "import/readers.h"

namespace realpeer::importing {

namespace {

std::vector<ParentRef> read_parents(const Field& list, const std::string& space) {
  std::vector<ParentRef> parents;
  for (const Field& item : list.items()) {
    const std::string kind = text_or(item["kind"], "Gateway");
    if (kind != "Gateway") {
      item.warn("routes attach to Gateways: this parent, a " + kind + ", has no translation, and is left out");
      continue;
    }
    const Field name = item["name"];
    parents.push_back({{text_or(item["namespace"], space), name.text()},
                       item["sectionName"].text(),
                       item["port"].port(),
                       name.place()});
  }
  return parents;
}

// No bytes are looked at, so there is one rule.
std::vector<RouteRule> read_stream_rules(const Field& list, const std::string& space) {
  std::vector<RouteRule> rules;
  for (const Field& item : list.items()) {
    if (!rules.empty()) {
      item.warn("nothing tells two rules apart here: the first is taken, and this one left out");
      continue;
    }
    rules.push_back(
        {.name = item["name"].text(), .refs = read_backend_refs(item["backendRefs"], space), .place = item.place()});
    item.pass_over_all_but({"name", "backendRefs"});
  }
  return rules;
}

}  // namespace

std::vector<BackendRef> read_backend_refs(const Field& list, const std::string& space) {
  std::vector<BackendRef> refs;
  for (const Field& item : list.items()) {
    const Field name = item["name"];
    refs.push_back({.group = item["group"].text(),
                    .kind = text_or(item["kind"], "Service"),
                    .name = {text_or(item["namespace"], space), name.text()},
                    .port = item["port"].port().value_or(0),
                    .weight = item["weight"].number(0, 1'000'000).value_or(1),
                    .place = name ? name.place() : item.place()});
    for (const Field& filter : item["filters"].items()) {
      filter.warn("filters of one backend have no translation: the backend is left out");
      refs.back().weight = 0;
    }
  }
  return refs;
}

Route read_route(const Object& object) {
  const Field spec = object.root["spec"];
  const std::string& space = object.meta.name.space;
  Route route{
      .meta = object.meta, .hostnames = spec["hostnames"].texts(), .parents = read_parents(spec["parentRefs"], space)};
  const bool http = object.meta.kind == "HTTPRoute";
  route.rules = http ? read_http_rules(spec["rules"], space) : read_stream_rules(spec["rules"], space);
  if (!spec["rules"])
    object.root.findings().warn(object.meta.place, object.meta.described() + " has no rules, and is left out");
  spec.pass_over_all_but({"parentRefs", "hostnames", "rules"});
  return route;
}

}  // namespace realpeer::importing
