#include "trace/verdict.h"

#include <algorithm>

namespace realpeer::trace {

namespace {

constexpr std::string_view how_others_send =
    "send-proxy-v2 in HAProxy, proxy_protocol on in nginx's stream module, proxyProtocol in Envoy Gateway's "
    "BackendTrafficPolicy";

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }
std::string host(const net::Endpoint& endpoint) { return endpoint.address().to_string(); }

// Requests carry addresses without ports.
bool same_client(const net::Endpoint& one, const net::Endpoint& other) {
  return one.address() == other.address() && (one.port() == other.port() || one.port() == 0 || other.port() == 0);
}

// Where the client is known, what did not come in time is a ClientHello.
bool is_header_fault(const Seen& seen) {
  return seen.reason == "header_missing" || (seen.reason == "header_timeout" && !seen.client) ||
         seen.reason == "empty_probe";
}

bool is_trust_fault(const Seen& seen) { return seen.reason == "untrusted_source" || seen.reason == "untrusted_header"; }

// RFC 1918, 6598 and 4193: what a host behind NAT has.
bool is_private(const net::Address& address) {
  static const std::vector<net::Cidr> networks = [] {
    std::vector<net::Cidr> all;
    for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}) {
      all.push_back(*net::Cidr::parse(text));
    }
    return all;
  }();
  return net::any_contains(networks, address);
}

// Looks at the hops one after the other, and stops at the first that is at fault.
class Judge {
 public:
  Judge(std::span<const Hop> hops, const net::Endpoint& client) : hops_(hops), client_(client) {}

  std::optional<Fault> fault() const {
    for (std::size_t i = 0; i < hops_.size(); ++i) {
      if (auto fault = of_hop(i)) return fault;
    }
    return of_backend();
  }

 private:
  // Null: no realpeer, or it has not seen the connection.
  const Seen* seen(std::size_t hop) const { return hops_[hop].found ? &hops_[hop].found->seen : nullptr; }
  const Seen* before(std::size_t hop) const { return hop == 0 ? nullptr : seen(hop - 1); }
  const ListenerFacts* listener(std::size_t hop) const { return hops_[hop].daemon->listener(seen(hop)->listener); }
  // Between two hops stands something that is no realpeer.
  bool behind_gap(std::size_t hop) const { return hop > 0 && !hops_[hop - 1].daemon; }
  // Whether the hop in front of this one is known to tell nobody of the client.
  const BackendFacts* told_by(std::size_t hop) const {
    const Seen* previous = before(hop);
    return previous == nullptr ? nullptr : hops_[hop - 1].daemon->backend(previous->backend);
  }
  bool next_refused(std::size_t hop) const {
    const Seen* next = hop + 1 < hops_.size() ? seen(hop + 1) : nullptr;
    return next != nullptr && next->refused();
  }
  bool sent_header(std::size_t hop) const {
    const auto* backend = told_by(hop);
    return backend != nullptr && backend->sends_header();
  }

  std::optional<Fault> of_hop(std::size_t i) const {
    const Hop& hop = hops_[i];
    if (!hop.daemon && hop.trouble.empty()) return std::nullopt;
    if (!hop.trouble.empty()) {
      return Fault{i, hop.name + " could not be asked: " + hop.trouble, i,
                   "Check the address behind --hop; a hop that is no realpeer is written as NAME=-."};
    }
    const Seen* here = seen(i);
    if (here == nullptr) return of_absence(i);
    if (here->refused_behind() && next_refused(i)) return std::nullopt;
    if (is_trust_fault(*here)) return of_trust(i);
    if (is_header_fault(*here) || (here->end.empty() && !here->client && expects_header(i))) return of_silence(i);
    if (here->refused() && !(here->client && same_client(*here->client, client_))) return of_refusal(i);
    if (here->client && same_client(*here->client, client_)) return of_end(i);
    if (here->source == "peer" || here->source.empty()) return of_peer(i);
    if (here->source == "local") return of_nobody(i);
    return of_other_client(i);
  }

  bool expects_header(std::size_t i) const {
    const auto* facts = listener(i);
    return facts != nullptr && facts->accept_proxy != "off";
  }

  std::optional<Fault> of_absence(std::size_t i) const {
    const Seen* previous = before(i);
    std::string what = hops_[i].name + " never saw the connection";
    if (previous != nullptr && !previous->endpoint.empty()) {
      what += ": " + hops_[i - 1].name + " sent it to " + previous->endpoint;
    }
    return Fault{
        i, what + ".", i,
        "Check that this is where the hop before sends it, and that --hop names this hop's admin listener; on a "
        "hop with much traffic try again."};
  }

  std::string listener_name(std::size_t i) const {
    return "listener " + quoted(seen(i)->listener) + " of " + hops_[i].name;
  }

  // The peer stands in no list of those who may speak for others.
  Fault of_trust(std::size_t i) const {
    const Seen& here = *seen(i);
    if (i == 0 && here.reason == "untrusted_source") {
      return Fault{0, hops_[0].name + " takes connections from gateways alone, and you connected to it yourself.", 0,
                   "Trace the address that clients use; if they use this one, set accept_proxy: mixed for " +
                       listener_name(0) + "."};
    }
    if (here.peer.address() == client_.address()) return of_clients_own_address(i);
    std::string what = hops_[i].name + " refused the connection (" + here.reason + "): its peer " + host(here.peer) +
                       " is not in trusted_cidrs.";
    const Seen* previous = before(i);
    if (previous != nullptr && previous->upstream && previous->upstream->address() != here.peer.address()) {
      what += " " + hops_[i - 1].name + " left from " + host(*previous->upstream) +
              ", so something in between translates addresses (masquerading).";
    }
    return Fault{i, what, i,
                 "Add " + host(here.peer) + " to trusted_cidrs of " + listener_name(i) +
                     ", if only gateways connect from there: whoever does can claim to be anybody."};
  }

  // Nobody should be told to trust a client.
  Fault of_clients_own_address(std::size_t i) const {
    const std::string what = hops_[i].name +
                             " takes connections from gateways alone, and was connected to from the "
                             "client's own address.";
    if (const auto* backend = told_by(i); backend != nullptr && !backend->sends_header()) return does_not_send(i, what);
    return Fault{
        i, what, i,
        "If clients come here by their own address, set accept_proxy: off or mixed for " + listener_name(i) + "."};
  }

  // A header must come first, and none did.
  Fault of_silence(std::size_t i) const {
    const Seen& here = *seen(i);
    const std::string instead = here.looks_like.empty() ? "" : " (what came looks like " + here.looks_like + ")";
    const std::string what = hops_[i].name + " waits for a header and got none" + instead + ".";
    if (const auto* backend = told_by(i); backend != nullptr && !backend->sends_header()) {
      return does_not_send(i, what);
    }
    if (sent_header(i)) {
      return Fault{i, what + " " + hops_[i - 1].name + " sent one, so something between the two takes it away.", i,
                   "Look for another proxy between " + hops_[i - 1].name + " and " + hops_[i].name + "."};
    }
    return gap_does_not_send(i, what);
  }

  Fault does_not_send(std::size_t i, const std::string& what) const {
    const auto& backend = *told_by(i);
    const auto* facts = listener(i);
    if (backend.identity == "xff" && facts != nullptr && facts->routes == "requests") {
      return Fault{
          i, what + " " + hops_[i - 1].name + " tells it the client in X-Forwarded-For, which it believes of nobody.",
          i, "Add " + host(seen(i)->peer) + " to trusted_forwarders of " + listener_name(i) + "."};
    }
    if (facts != nullptr && facts->accept_proxy == "off") {
      return Fault{i, what + " " + hops_[i - 1].name + " sends it no header, and it reads none.", i,
                   "Set accept_proxy: strict and trusted_cidrs: [" + host(seen(i)->peer) + "] for " + listener_name(i) +
                       ", and then identity: proxy-v2 for backend " + quoted(backend.name) + " of " +
                       hops_[i - 1].name + "."};
    }
    return Fault{i,
                 what + " " + hops_[i - 1].name + " tells its backend " + quoted(backend.name) +
                     " nothing that comes first: identity: " + backend.identity + ".",
                 i - 1,
                 "Set identity: proxy-v2 for backend " + quoted(backend.name) + " of " + hops_[i - 1].name + "."};
  }

  Fault gap_does_not_send(std::size_t i, const std::string& what) const {
    if (behind_gap(i)) {
      return Fault{i, what, i - 1,
                   "Turn the header on in " + hops_[i - 1].name + ": " + std::string(how_others_send) + "."};
    }
    return Fault{
        i, what, i,
        "Whoever connects here sends no header: if clients do so directly, set accept_proxy: off or mixed for " +
            listener_name(i) + "; if a proxy does, name it by --hop, and turn the header on there."};
  }

  // Refused for something that is not the header's.
  Fault of_refusal(std::size_t i) const {
    const Seen& here = *seen(i);
    if (const auto fault = of_unread_header(i)) return *fault;
    std::string what = hops_[i].name + " refused the connection: " + here.reason;
    if (!here.detail.empty()) what += " (" + here.detail + ")";
    return Fault{i, what + ".", i, here.remedy};
  }

  // A header that was taken for the client's own bytes.
  std::optional<Fault> of_unread_header(std::size_t i) const {
    const auto* facts = listener(i);
    if (facts == nullptr || facts->accept_proxy != "off" || !sent_header(i)) return std::nullopt;
    return Fault{
        i,
        hops_[i].name + " does not read the header that " + hops_[i - 1].name +
            " sends: its client is the peer, and the header goes on as if the client had sent it.",
        i, "Set accept_proxy: strict and trusted_cidrs: [" + host(seen(i)->peer) + "] for " + listener_name(i) + "."};
  }

  // The hop knows the client: is it still there afterwards?
  std::optional<Fault> of_end(std::size_t i) const {
    const Seen& here = *seen(i);
    if (here.refused()) return of_refusal(i);
    if (!here.end.empty() || !here.path.empty() || !here.endpoint.empty()) return std::nullopt;
    return Fault{
        i, hops_[i].name + " knows the client, and has not passed the connection on.", i,
        "Where it waits for a ClientHello or a request, say so by --send tls, http or https; where it waits for "
        "its backend, raise --timeout."};
  }

  // The hop takes its peer for the client.
  Fault of_peer(std::size_t i) const {
    if (const auto fault = of_unread_header(i)) return *fault;
    const Seen& here = *seen(i);
    const std::string what = hops_[i].name + " believes the client to be its peer, " + net::to_string(here.peer) + ".";
    if (told_by(i) != nullptr && !sent_header(i)) return does_not_send(i, what);
    if (!here.trusted && sent_header(i)) return of_trust(i);
    if (behind_gap(i)) {
      const auto* facts = listener(i);
      if (facts != nullptr && facts->accept_proxy == "off") {
        return Fault{i, what + " It reads no header.", i,
                     "Turn the header on in " + hops_[i - 1].name +
                         ", and set accept_proxy: strict and trusted_cidrs: [" + host(here.peer) + "] for " +
                         listener_name(i) + "."};
      }
      return gap_does_not_send(i, what);
    }
    return Fault{i, what, i, "Something in front of " + hops_[i].name + " translates addresses: name it by --hop."};
  }

  Fault of_nobody(std::size_t i) const {
    return Fault{i, hops_[i].name + " was sent a header that names nobody (LOCAL or UNKNOWN).", i == 0 ? 0 : i - 1,
                 "Whatever sends the header does not know the client itself: look at the hop in front of " +
                     hops_[i].name + "."};
  }

  Fault of_other_client(std::size_t i) const {
    const Seen& here = *seen(i);
    return Fault{i, hops_[i].name + " was told of " + net::to_string(*here.client) + ", which is not the client.",
                 i == 0 ? 0 : i - 1,
                 "The hop in front of " + hops_[i].name + " takes somebody else for the client: " +
                     (behind_gap(i) ? "let " + hops_[i - 1].name +
                                          " read the header that it is sent, or the client's "
                                          "own address."
                                    : "name what stands there by --hop.")};
  }

  // What the last hop tells its backend, and what that made of it.
  std::optional<Fault> of_backend() const {
    if (hops_.empty() || !hops_.back().daemon) return std::nullopt;
    const std::size_t last = hops_.size() - 1;
    const Seen& here = *seen(last);
    const std::string& name = hops_[last].name;
    const std::string backend = "backend " + quoted(here.backend) + " of " + name;
    if (here.identity == "none") {
      return Fault{
          last, name + " does not tell its backend " + quoted(here.backend) + " who the client is: identity: none.",
          last,
          "Set identity for " + backend +
              ": proxy-v2 if it reads headers, xff for HTTP, peername if it runs on this host, else transparent."};
    }
    if (here.delivered == false) {
      return Fault{
          last, name + " could not show the client to its backend: identity: " + here.identity + " was not delivered.",
          last,
          "See `realpeer doctor` on " + name +
              ": the backend must run on that host, in the cgroup of peername.cgroup, "
              "with no NAT in between."};
    }
    const bool silent = here.bytes_out == 0 && (here.end == "closed" || here.end == "backend_reset");
    if (silent && (here.identity == "proxy-v2" || here.identity == "proxy-v1")) {
      return Fault{
          last,
          "The backend at " + here.endpoint +
              " took the connection with its header and ended it without a word: it "
              "does not trust " +
              (here.upstream ? host(*here.upstream) : name) + ", or expects no header.",
          hops_.size(),
          "List " + (here.upstream ? host(*here.upstream) : "the gateway's address") +
              " among the proxies that the backend trusts; if it reads no headers, set identity: peername for " +
              backend + "."};
    }
    return std::nullopt;
  }

  std::span<const Hop> hops_;
  const net::Endpoint& client_;
};

// Every hop passed it on, and still there was no proper answer.
Fault of_trouble(std::span<const Hop> hops, const std::string& trouble) {
  return {hops.empty() ? 0 : hops.size() - 1, "Every hop knows the client, but " + trouble, hops.size(),
          "If the backend expects no header, set identity: peername, or none; if it expects one, let it trust the last "
          "hop; "
          "see its log."};
}

// What the backend showed is the last word.
std::optional<Fault> of_answer(std::span<const Hop> hops, const net::Endpoint& client,
                               const std::vector<net::Address>& addresses) {
  if (std::ranges::find(addresses, client.address()) != addresses.end()) return std::nullopt;
  const std::size_t last = hops.empty() ? 0 : hops.size() - 1;
  const auto* seen = hops.empty() || !hops.back().found ? nullptr : &hops.back().found->seen;
  const bool gateway =
      seen != nullptr && seen->upstream && std::ranges::find(addresses, seen->upstream->address()) != addresses.end();
  std::string shown;
  for (const auto& address : addresses) shown += (shown.empty() ? "" : ", ") + address.to_string();
  std::string what = "The backend's answer does not show the client " + host(client);
  what += shown.empty() ? ", nor any other address." : "; it shows " + shown + ".";
  if (!gateway) {
    return Fault{last, what, hops.size(),
                 "Let --ask name a page that prints the client's address as the backend sees it."};
  }
  return Fault{
      last, what + " That is the last hop's own address: the backend does not believe it.", hops.size(),
      "List " + host(*seen->upstream) +
          " among the proxies that the backend trusts: set_real_ip_from and real_ip_header in nginx, "
          "RemoteIPTrustedProxy in Apache, REVERSE_PROXY_TRUSTED_PROXIES in Gitea, trusted_proxies elsewhere."};
}

}  // namespace

net::Endpoint true_client(std::span<const Hop> hops, const net::Endpoint& own) {
  const auto first = std::ranges::find_if(hops, [](const Hop& hop) { return hop.found.has_value(); });
  if (first == hops.end()) return own;
  const Seen& seen = first->found->seen;
  const bool told = seen.source == "proxy-v2" || seen.source == "proxy-v1" || seen.source == "xff";
  if (first == hops.begin()) return told && seen.client ? *seen.client : seen.peer;
  // Behind a hop that cannot be asked: what it says is taken for our address outside only where we have none there.
  return told && seen.client && is_private(own.address()) && !is_private(seen.client->address()) ? *seen.client : own;
}

Verdict judge(std::span<const Hop> hops, const net::Endpoint& own, const Outcome& outcome) {
  Verdict verdict;
  const auto client = true_client(hops, own);
  if (!same_client(client, own)) {
    verdict.notes.push_back("You connected from " + net::to_string(own) + ", and the first hop that tells of you saw " +
                            net::to_string(client) + ": where you are behind NAT, that is the client from here on.");
  }
  for (const Hop& hop : hops) {
    if (!hop.found || !hop.found->guessed) continue;
    verdict.notes.push_back("At " + hop.name + " it was found by being the only new connection: it may be another's.");
  }
  if (!outcome.remark.empty()) verdict.notes.push_back(outcome.remark);
  verdict.fault = Judge(hops, client).fault();
  if (!verdict.fault && !outcome.trouble.empty()) verdict.fault = of_trouble(hops, outcome.trouble);
  if (!verdict.fault && outcome.addresses) verdict.fault = of_answer(hops, client, *outcome.addresses);
  return verdict;
}

}  // namespace realpeer::trace
