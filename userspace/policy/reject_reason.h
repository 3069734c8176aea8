// Why a connection was refused. The texts are a contract: metric label, log field and `status` use them.
#pragma once

#include <cstdint>
#include <string_view>

namespace realpeer::policy {

enum class RejectReason : std::uint8_t {
  none,
  untrusted_source,
  untrusted_header,
  header_missing,
  empty_probe,
  header_timeout,
  header_malformed,
  header_truncated,
  header_too_large,
  version_disallowed,
  checksum_mismatch,
  client_denied,
  rate_limited,
  too_many_connections,
  no_route,
  backend_unavailable,
  backend_timeout,
  // Where TLS ends here, and of requests.
  tls_failed,
  request_malformed,
  request_timeout,
  request_too_large,
  last = request_too_large,
};

constexpr std::string_view to_string(RejectReason reason) {
  switch (reason) {
    case RejectReason::none: return "";
    case RejectReason::untrusted_source: return "untrusted_source";
    case RejectReason::untrusted_header: return "untrusted_header";
    case RejectReason::header_missing: return "header_missing";
    case RejectReason::empty_probe: return "empty_probe";
    case RejectReason::header_timeout: return "header_timeout";
    case RejectReason::header_malformed: return "header_malformed";
    case RejectReason::header_truncated: return "header_truncated";
    case RejectReason::header_too_large: return "header_too_large";
    case RejectReason::version_disallowed: return "version_disallowed";
    case RejectReason::checksum_mismatch: return "checksum_mismatch";
    case RejectReason::client_denied: return "client_denied";
    case RejectReason::rate_limited: return "rate_limited";
    case RejectReason::too_many_connections: return "too_many_connections";
    case RejectReason::no_route: return "no_route";
    case RejectReason::backend_unavailable: return "backend_unavailable";
    case RejectReason::backend_timeout: return "backend_timeout";
    case RejectReason::tls_failed: return "tls_failed";
    case RejectReason::request_malformed: return "request_malformed";
    case RejectReason::request_timeout: return "request_timeout";
    case RejectReason::request_too_large: return "request_too_large";
  }
  return "";
}

// Whether a PROXY protocol header was wrong, too late or not there.
constexpr bool is_of_header(RejectReason reason) {
  return reason >= RejectReason::untrusted_header && reason <= RejectReason::checksum_mismatch &&
         reason != RejectReason::empty_probe;
}

}  // namespace realpeer::policy
