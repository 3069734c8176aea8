#include "observe/advice.h"

namespace realpeer::observe {
namespace {

using policy::RejectReason;

constexpr std::string_view let_it_send =
    "Turn the header on in the gateway in front: identity: proxy-v2 in realpeer, send-proxy-v2 in HAProxy, "
    "proxy_protocol "
    "on in nginx's stream module, proxyProtocol in Envoy Gateway's BackendTrafficPolicy.";

Advice missing_header(std::string_view looks_like) {
  if (looks_like == "tls_client_hello")
    return {"A trusted peer began with a TLS handshake and no header.", let_it_send};
  if (looks_like == "http") {
    return {
        "A trusted peer began with an HTTP request and no header: a gateway, or a health check such as a kubelet's.",
        "Turn the header on in the gateway in front; point health checks at /healthz of the admin listener, or let "
        "them send a header."};
  }
  if (looks_like == "ssh") return {"A trusted peer began with an SSH banner and no header.", let_it_send};
  return {"A trusted peer began with bytes that are no header.", let_it_send};
}

Advice no_route(std::string_view looks_like) {
  if (looks_like.empty()) {
    return {"A ClientHello or a request asked for a name or a path that the listener's route does not know.",
            "Add it to the route, or set the route's default; `sni` and `request` in the access log say what was asked "
            "for."};
  }
  return {"The listener routes by server name, and the client began with something that is no TLS ClientHello.",
          "If a gateway in front sends a header here, set accept_proxy: strict and list it in trusted_cidrs; else the "
          "client speaks another protocol than this port."};
}

}  // namespace

Advice advice(RejectReason reason, std::string_view looks_like) {
  switch (reason) {
    case RejectReason::none: return {};
    case RejectReason::untrusted_source:
      return {
          "A peer outside trusted_cidrs connected to a strict listener.",
          "If it is a gateway, add its address, as peer_addr shows it, to trusted_cidrs; behind masquerading that is "
          "the masquerading host's. If it is a client, use accept_proxy: mixed or another port."};
    case RejectReason::untrusted_header:
      return {"A peer outside trusted_cidrs sent a header.",
              "If it is a gateway, add its address, as peer_addr shows it, to trusted_cidrs; if not, somebody tried to "
              "choose an identity, and was refused."};
    case RejectReason::header_missing: return missing_header(looks_like);
    case RejectReason::empty_probe: return {"A peer connected and closed without a byte: a TCP health check.", ""};
    case RejectReason::header_timeout:
      return {"A peer sent no complete header, or no complete ClientHello, in time.",
              "A gateway that sends no header while its client waits for the server to speak looks like this: turn the "
              "header on there. For slow links raise header_timeout."};
    case RejectReason::header_malformed:
      return {"The bytes begin as a header and break the specification; the detail says where.",
              "A header sent twice, or wrapped in TLS, is the usual cause: let one hop send it once. `realpeer decode` "
              "reads the bytes."};
    case RejectReason::header_truncated:
      return {"A peer closed in the middle of a header.",
              "See the log of the gateway in front: it gave up or crashed."};
    case RejectReason::header_too_large:
      return {"A header is longer than max_header.",
              "Raise max_header of the listener, or let the sender send fewer TLVs."};
    case RejectReason::version_disallowed:
      return {"A header of a version that the listener does not take.", "Let the sender send the other version."};
    case RejectReason::checksum_mismatch:
      return {"A header carries a CRC32C that does not match it.",
              "Something between rewrites the stream, or the sender computes it wrongly: let it send no checksum."};
    case RejectReason::client_denied:
      return {"The client stands in denied_clients or denied_cidrs, or is banned.",
              "`realpeer ban list` shows bans; `realpeer ban remove` lifts one."};
    case RejectReason::rate_limited:
      return {"The client makes more connections than limits.per_client allows.",
              "If that is what it should do, raise limits.per_client; many clients behind one address count as one."};
    case RejectReason::too_many_connections:
      return {
          "A ceiling on connections was reached.",
          "Raise limits.connections or the listener's max_connections, if the host has the memory and descriptors."};
    case RejectReason::no_route: return no_route(looks_like);
    case RejectReason::backend_unavailable:
      return {"No endpoint of the backend took the connection; the detail says why.",
              "See whether it runs and listens at the address of `endpoints`, and whether this host reaches it."};
    case RejectReason::backend_timeout:
      return {"No endpoint of the backend answered in time.",
              "Look for a firewall that drops the packets, or a backend that is overloaded; timeouts.connect and "
              "timeouts.response are the limits. With identity: transparent its answers may not come back here: "
              "`realpeer setup transparent`."};
    case RejectReason::tls_failed:
      return {
          "A TLS handshake failed; the detail says how.",
          "Clients older than the listener's least version, a certificate that they do not accept, or no TLS at all."};
    case RejectReason::request_malformed:
      return {"A request that receivers could read in different ways, or none that HTTP/1.1 knows.",
              "Mend the client; nothing of it reached a backend."};
    case RejectReason::request_timeout:
      return {"A request came too slowly.", "For slow links raise timeouts.request or timeouts.body."};
    case RejectReason::request_too_large:
      return {"A request's header is larger than 64 KiB.",
              "Let the client send fewer or smaller fields, cookies mostly."};
  }
  return {};
}

}  // namespace realpeer::observe
