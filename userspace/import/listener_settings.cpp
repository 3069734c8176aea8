#include "import/listener_settings.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::importing {

using config::quoted;
using policy::AcceptProxy;

namespace {

AcceptProxy mode_of(const Port& port) {
  if (!port.is_of_one_mind) return AcceptProxy::mixed;
  switch (port.served.front().inbound()) {
    case Inbound::plain: return AcceptProxy::off;
    case Inbound::required: return AcceptProxy::strict;
    case Inbound::optional: return AcceptProxy::mixed;
  }
  return AcceptProxy::off;
}

std::string counted_policies(const Port& port) {
  std::string text;
  for (const Served& served : port.served) {
    if (served.policy == nullptr || served.inbound() == Inbound::plain) continue;
    const std::string one =
        served.policy->meta.kind + " " + to_string(served.policy->meta.name) + ": " + served.policy->inbound_by;
    if (text.find(one) == std::string::npos) text += (text.empty() ? "" : "; ") + one;
  }
  return text;
}

std::vector<std::string> texts_of(const std::vector<net::Cidr>& cidrs) {
  std::vector<std::string> texts;
  texts.reserve(cidrs.size());
  for (const net::Cidr& cidr : cidrs) texts.push_back(cidr.to_string());
  return texts;
}

}  // namespace

std::optional<DraftListener> ListenerSettings::of(const Port& port) {
  DraftListener draft;
  for (const Served& served : port.served) {
    const std::string& host = served.listener->hostname;
    draft.comments.push_back("Gateway " + to_string(served.gateway->meta.name) + ", listener " + served.listener->name +
                             (host.empty() ? "" : " for " + host));
  }
  draft.bind = options_->bind_address + ":" + std::to_string(port.number);
  set_trust(port, draft);
  set_ceiling(port, draft);
  const Protocol protocol = port.served.front().listener->protocol;
  if (protocol == Protocol::http || protocol == Protocol::https) set_forwarders(port, draft);
  if (protocol == Protocol::https && !set_tls(port, draft)) return std::nullopt;
  return draft;
}

void ListenerSettings::set_trust(const Port& port, DraftListener& draft) {
  draft.accept_proxy = mode_of(port);
  if (draft.accept_proxy == AcceptProxy::off) return;
  draft.trust_comments.push_back(counted_policies(port));
  if (!port.is_of_one_mind) {
    draft.trust_comments.emplace_back(
        "The listeners of this port contradict each other. With mixed, headers are "
        "demanded of trusted_cidrs, and everybody else connects without.");
  } else if (draft.accept_proxy == AcceptProxy::mixed) {
    draft.trust_comments.emplace_back(
        "Envoy takes a header from whoever sends one. With mixed, it is demanded of "
        "trusted_cidrs, and refused of everybody else.");
  }
  draft.trusted_cidrs = options_->trusted_cidrs;
  if (draft.trusted_cidrs.empty()) demand_trust(port, draft);
}

void ListenerSettings::demand_trust(const Port& port, DraftListener& draft) {
  draft.trusted_cidrs = {std::string(nobody)};
  const bool strict = draft.accept_proxy == AcceptProxy::strict;
  draft.trust_comments.push_back("FILL IN: manifests do not say who may send headers, and " + std::string(nobody) +
                                 " is nobody. List the gateways in front; until then " +
                                 (strict ? "every connection is refused." : "every header is refused."));
  for (const Served& served : port.served) {
    if (served.inbound() == Inbound::plain) continue;
    findings_->warn(served.policy->inbound_place,
                    served.policy->meta.described() + " does not say whose headers are believed, so nobody's are" +
                        (strict ? ", and every connection is refused" : "") +
                        ": list the gateways in front in trusted_cidrs, or give --trusted_cidrs");
  }
}

bool ListenerSettings::set_tls(const Port& port, DraftListener& draft) {
  for (const Served& served : port.served) {
    for (const SecretRef& secret : served.listener->certificates) add_certificate(served, secret, draft);
    if (served.policy != nullptr && served.policy->least_tls) draft.least_tls = *served.policy->least_tls;
  }
  if (!draft.certificates.empty()) return true;
  const Served& first = port.served.front();
  findings_->error(first.listener->place, first.described() +
                                              " ends TLS and has no certificate: it is left out; name "
                                              "one in tls.certificateRefs");
  return false;
}

void ListenerSettings::add_certificate(const Served& served, const SecretRef& secret, DraftListener& draft) {
  const Reference from{"gateway.networking.k8s.io", "Gateway", served.gateway->meta.name};
  const std::string called = "Secret " + quoted(secret.name.name);
  if (!permitted(*manifests_, from, {"", "Secret", secret.name})) {
    findings_->warn(secret.place, called + " is of namespace " + quoted(secret.name.space) +
                                      ", and no ReferenceGrant of these files permits that: it is left out");
    return;
  }
  const std::string folder = options_->certificates + "/" + to_string(secret.name) + "/";
  const auto same = [&folder](const DraftCertificate& known) { return known.certificate == folder + "tls.crt"; };
  if (std::ranges::any_of(draft.certificates, same)) return;
  draft.certificates.push_back({folder + "tls.crt", folder + "tls.key"});
  draft.tls_comments.push_back("FILL IN: the files of Secret " + to_string(secret.name) + ".");
  findings_->warn(secret.place, called + " is not copied: put its tls.crt and tls.key into " + folder);
}

// Whose X-Forwarded-For is believed.
void ListenerSettings::set_forwarders(const Port& port, DraftListener& draft) {
  const auto of = [](const Served& served) {
    return served.policy == nullptr ? std::vector<std::string>() : texts_of(served.policy->forwarders);
  };
  const auto first = of(port.served.front());
  for (const Served& served : port.served) {
    if (of(served) == first) continue;
    findings_->error(served.listener->place, "conflict at port " + std::to_string(port.number) + ": " +
                                                 served.described() + " and " + port.served.front().described() +
                                                 " do not trust the same proxies (clientIPDetection): "
                                                 "X-Forwarded-For is believed of nobody there; let both say the same");
    return;
  }
  draft.trusted_forwarders = first;
}

void ListenerSettings::set_ceiling(const Port& port, DraftListener& draft) {
  const auto of = [](const Served& served) { return served.policy == nullptr ? 0 : served.policy->max_connections; };
  const std::uint32_t first = of(port.served.front());
  for (const Served& served : port.served) {
    if (of(served) == first) continue;
    const Meta& meta = of(served) > 0 ? served.policy->meta : port.served.front().policy->meta;
    findings_->warn(meta.place, meta.described() + " has a connectionLimit that not all listeners of port " +
                                    std::to_string(port.number) + " have: it is left out");
    return;
  }
  draft.max_connections = first;
}

}  // namespace realpeer::importing
