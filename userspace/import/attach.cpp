#include "import/attach.h"

#include <algorithm>

#include "config/spelling.h"
#include "import/hostnames.h"

namespace realpeer::importing {

using config::quoted;

namespace {

std::string_view kind_for(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp: return "TCPRoute";
    case Protocol::tls_passthrough: return "TLSRoute";
    case Protocol::http:
    case Protocol::https: return "HTTPRoute";
  }
  return "";
}

class Attacher {
 public:
  Attacher(const Manifests& manifests, Findings& findings)
      : manifests_(&manifests), referents_(referents_of(manifests)), findings_(&findings) {}

  Attachments attach() {
    for (const Route& route : manifests_->routes) {
      if (route.parents.empty()) {
        findings_->warn(route.meta.place, route.meta.described() + " has no parentRefs: it attaches to nothing");
      }
      for (const ParentRef& parent : route.parents) attach(route, parent);
    }
    return std::move(attachments_);
  }

 private:
  void attach(const Route& route, const ParentRef& parent) {
    const std::string what = route.meta.described() + " attaches to nothing here: ";
    const Referent* referent = find(referents_, "Gateway", parent.gateway);
    if (referent == nullptr) {
      findings_->error(parent.place, what + nothing_called(referents_, "Gateway", parent.gateway));
      return;
    }
    if (!parent.section.empty() && std::ranges::find(referent->sections, parent.section) == referent->sections.end()) {
      findings_->error(parent.place, what + no_section(*referent, parent.section));
      return;
    }
    const auto gateway = std::ranges::find(manifests_->gateways, parent.gateway,
                                           [](const Gateway& one) -> const Name& { return one.meta.name; });
    attach(route, parent, *gateway);
  }

  // The gateway is there.
  void attach(const Route& route, const ParentRef& parent, const Gateway& gateway) {
    bool attached = false;
    std::string refusal = "no listener of Gateway " + quoted(gateway.meta.name.name) + " is meant";
    for (const GatewayListener& listener : gateway.listeners) {
      if (!parent.section.empty() && listener.name != parent.section) continue;
      if (parent.port && listener.port != *parent.port) continue;
      if (!listener.usable) {
        attached = true;  // what is wrong was said of the listener
        continue;
      }
      if (const auto why = refused(route, gateway, listener)) {
        refusal = "listener " + quoted(listener.name) + " " + *why;
        continue;
      }
      attached = true;
      auto& routes = attachments_[&listener];
      if (std::ranges::find(routes, &route) == routes.end()) routes.push_back(&route);
    }
    if (attached) return;
    findings_->warn(parent.place, route.meta.described() + " attaches to nothing here: " + refusal);
  }

  // Why the listener does not let the route in; nothing where it does.
  [[nodiscard]] std::optional<std::string> refused(const Route& route, const Gateway& gateway,
                                                   const GatewayListener& listener) const {
    const auto& kinds = listener.allowed.kinds;
    if (kind_for(listener.protocol) != route.meta.kind) {
      return "takes " + std::string(kind_for(listener.protocol)) + "s, and no " + route.meta.kind;
    }
    if (!kinds.empty() && std::ranges::find(kinds, route.meta.kind) == kinds.end()) {
      return "does not allow a " + route.meta.kind + " (allowedRoutes.kinds)";
    }
    if (!lets_in(listener.allowed, gateway.meta.name.space, route.meta.name.space)) {
      return "does not allow routes of namespace " + quoted(route.meta.name.space) + " (allowedRoutes.namespaces)";
    }
    if (listener.protocol != Protocol::tcp && names_at(listener.hostname, route.hostnames).empty()) {
      return "is for " + quoted(listener.hostname) + ", and for none of the route's hostnames";
    }
    return std::nullopt;
  }

  [[nodiscard]] bool lets_in(const AllowedRoutes& allowed, const std::string& own, const std::string& other) const {
    if (allowed.from == AllowedRoutes::From::same) return own == other;
    if (allowed.from == AllowedRoutes::From::all) return true;
    const auto known = manifests_->namespaces.find(other);
    Labels labels = known == manifests_->namespaces.end() ? Labels() : known->second;
    labels["kubernetes.io/metadata.name"] = other;  // which Kubernetes gives each namespace
    return allowed.namespaces.matches(labels);
  }

  const Manifests* manifests_;
  std::vector<Referent> referents_;
  Findings* findings_;
  Attachments attachments_;
};

}  // namespace

Attachments attach(const Manifests& manifests, Findings& findings) { return Attacher(manifests, findings).attach(); }

}  // namespace realpeer::importing
