#include "import/ports.h"

#include <algorithm>

#include "config/spelling.h"
#include "policy/route.h"

namespace realpeer::importing {

using config::quoted;

namespace {

std::string_view in_words(Inbound inbound) {
  switch (inbound) {
    case Inbound::plain: return "reads no header";
    case Inbound::required: return "demands headers";
    case Inbound::optional: return "takes headers where they come";
  }
  return "";
}

std::string_view in_words(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp: return "TCP";
    case Protocol::tls_passthrough: return "TLS that is passed on";
    case Protocol::http: return "HTTP";
    case Protocol::https: return "TLS that ends here";
  }
  return "";
}

// "listener 'https' of Gateway 'edge' reads no header (no ClientTrafficPolicy)"
std::string stance(const Served& served) {
  const std::string by = served.policy == nullptr
                             ? "no ClientTrafficPolicy"
                             : served.policy->meta.described() + " at " + to_string(served.policy->meta.place);
  return served.described() + " " + std::string(in_words(served.inbound())) + " (" + by + ")";
}

class PortGatherer {
 public:
  PortGatherer(const Manifests& manifests, Findings& findings) : manifests_(&manifests), findings_(&findings) {}

  void add(const Served& served) {
    Port& port = ports_[served.listener->port];
    port.number = served.listener->port;
    check_headers(port, served);
    if (excluded(port, served)) return;
    if (!port.served.empty()) {
      warn_of_two_addresses(port.served.front(), served);
      port.is_of_one_mind = port.is_of_one_mind && port.served.front().inbound() == served.inbound();
    }
    port.served.push_back(served);
  }

  std::vector<Port> take() {
    std::vector<Port> ports;
    for (auto& [number, port] : ports_) ports.push_back(std::move(port));
    return ports;
  }

 private:
  // The header comes before a byte that could tell the listeners apart.
  void check_headers(const Port& port, const Served& served) {
    if (port.served.empty() || port.served.front().inbound() == served.inbound()) return;
    const Served& first = port.served.front();
    const Served& wanting = served.inbound() == Inbound::plain ? first : served;
    const Served& other = served.inbound() == Inbound::plain ? served : first;
    findings_->error(wanting.policy->inbound_place,
                     "conflict at port " + std::to_string(port.number) + ": " + stance(wanting) + ", and " +
                         stance(other) + ", at " + to_string(other.listener->place) +
                         ": a header comes first, before anything tells the two apart; let both say the same, or give "
                         "one another port");
  }

  bool excluded(const Port& port, const Served& served) {
    for (const Served& first : port.served) {
      const auto why = exclusion(first, served);
      if (!why) continue;
      const bool apart = first.gateway != served.gateway && !are_merged(first, served);
      findings_->error(served.listener->place,
                       "conflict at port " + std::to_string(port.number) + ": " + served.described() + " and " +
                           first.described() + " at " + to_string(first.listener->place) + " " + *why +
                           ": the second is left out; " +
                           (apart ? "each Gateway has an address of its own in the cluster: import them apart, with "
                                    "--gateway and --bind_address"
                                  : "give it another port"));
      return true;
    }
    return false;
  }

  static std::optional<std::string> exclusion(const Served& first, const Served& second) {
    const Protocol protocol = first.listener->protocol;
    if (protocol != second.listener->protocol) {
      return "are of two kinds, " + std::string(in_words(second.listener->protocol)) + " and " +
             std::string(in_words(protocol));
    }
    if (protocol == Protocol::tcp) return "cannot be told apart";
    const std::string host = policy::normal_name(first.listener->hostname);
    if (host != policy::normal_name(second.listener->hostname)) return std::nullopt;
    return host.empty() ? "are both for every host" : "are both for " + quoted(host);
  }

  [[nodiscard]] bool are_merged(const Served& one, const Served& other) const {
    return one.gateway->class_name == other.gateway->class_name &&
           manifests_->merged_classes.contains(one.gateway->class_name) && !one.gateway->own_envoy &&
           !other.gateway->own_envoy;
  }

  void warn_of_two_addresses(const Served& first, const Served& second) {
    if (first.gateway == second.gateway || are_merged(first, second)) return;
    findings_->warn(second.listener->place,
                    second.described() + " and " + first.described() + " at " + to_string(first.listener->place) +
                        " have addresses of their own in the cluster (no mergeGateways): here one listener serves "
                        "both; --gateway imports one of them");
  }

  const Manifests* manifests_;
  Findings* findings_;
  std::map<std::uint16_t, Port> ports_;
};

bool is_wanted(const Options& options, const Gateway& gateway) {
  return options.gateways.empty() ||
         std::ranges::find(options.gateways, to_string(gateway.meta.name)) != options.gateways.end();
}

}  // namespace

std::string Served::described() const {
  return "listener " + quoted(listener->name) + " of " + gateway->meta.described();
}

std::vector<Port> gather_ports(const Manifests& manifests, const ClientPolicies& policies, const Options& options,
                               Findings& findings) {
  PortGatherer gatherer(manifests, findings);
  for (const Gateway& gateway : manifests.gateways) {
    if (!is_wanted(options, gateway)) continue;
    for (const GatewayListener& listener : gateway.listeners) {
      if (!listener.usable) continue;
      const ClientPolicy* policy = policies.of(gateway, listener);
      if (policy != nullptr && policy->client_certificates && listener.protocol == Protocol::https) {
        findings.error(*policy->client_certificates,
                       "spec.tls.clientValidation asks clients for certificates, which realpeer does not: to leave it "
                       "out would let everybody in, so the listeners it is for are left out: pass their TLS on to a "
                       "server that asks (TLSRoute)");
        continue;
      }
      gatherer.add({&gateway, &listener, policy});
    }
  }
  return gatherer.take();
}

}  // namespace realpeer::importing
