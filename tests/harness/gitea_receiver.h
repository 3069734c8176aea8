// A receiver as strict as Gitea's: modules/proxyprotocol/conn.go, decision by decision and in its order.
#pragma once

#include <string>

#include "harness/tcp.h"

namespace realpeer::testing {

struct GiteaVerdict {
  bool accepted = false;
  std::string refused;  // why, when it is
  Endpoint client;      // the remote address Gitea logs and judges by
  std::string payload;  // what it had read beyond the header
};

// Reads one header off an accepted connection. `accept_unknown` is PROXY_PROTOCOL_ACCEPT_UNKNOWN.
// The bytes are looked at as they come, segment by segment: Gitea reads addresses with a call that may return fewer
// bytes than asked for and does not look at the number, so a header cut inside them is misread. Refused here.
GiteaVerdict read_as_gitea(Socket& socket, bool accept_unknown = false);

}  // namespace realpeer::testing
