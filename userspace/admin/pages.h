// The pages of a daemon.
#pragma once

#include <functional>
#include <string>

#include "admin/page.h"
#include "session/certificates.h"
#include "session/server.h"

namespace realpeer::admin {

// What pages tell of; it outlives them.
struct Daemon {
  std::function<bool()> draining;
  const session::Certificates& certificates;
  const session::Server& server;
};

// /healthz, /readyz and /metrics.
Pages pages_of(const Daemon& daemon);

}  // namespace realpeer::admin
