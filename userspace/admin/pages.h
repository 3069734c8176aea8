// The pages of a daemon.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "admin/metrics.h"
#include "admin/page.h"
#include "session/server.h"

namespace realpeer::admin {

// What pages tell of; it outlives them.
struct Daemon {
  std::function<bool()> draining;
  const session::Server& server;
  const session::Host& host;
  const Reloads& reloads;
  std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
};

// /, /healthz, /readyz, /metrics, /listeners, /backends, /connections, /refusals and /config.
Pages pages_of(const Daemon& daemon);

}  // namespace realpeer::admin
