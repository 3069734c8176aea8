// What well-known receivers of the PROXY protocol take.
#pragma once

#include "config/config.h"

namespace realpeer::config {

// Sources: Gitea modules/proxyprotocol/conn.go; nginx ngx_proxy_protocol.c; HAProxy src/connection.c; Envoy's
// proxy_protocol listener filter. All of them read both versions.
struct ProfileFacts {
  bool takes_tlvs = true;   // else a header with any is refused
  bool takes_local = true;  // else a header that names nobody is refused or misread
};

constexpr ProfileFacts facts_of(Profile profile) {
  switch (profile) {
    // Exactly 12 or 36 bytes after the fixed part. UNKNOWN is refused (unless PROXY_PROTOCOL_ACCEPT_UNKNOWN), and LOCAL
    // makes a connection of Gitea's own, whose log it then fills.
    case Profile::gitea: return {.takes_tlvs = false, .takes_local = false};
    case Profile::none:
    case Profile::nginx:
    case Profile::haproxy:
    case Profile::envoy: break;
  }
  return {};
}

}  // namespace realpeer::config
