// The pages of a daemon.
#pragma once

#include <functional>
#include <string>

#include "admin/page.h"
#include "session/certificates.h"

namespace realpeer::admin {

// What pages tell of; it outlives them.
struct Daemon {
  std::function<bool()> draining;
  const session::Certificates& certificates;
};

// /healthz, /readyz and /metrics.
Pages pages_of(const Daemon& daemon);

struct Measured {
  std::vector<session::CertificateStatus> certificates{};
  session::Reloads certificate_reloads{};
};

// In the format of exposition.h. Labels never hold a client's address.
std::string metrics(const Measured& measured);

}  // namespace realpeer::admin
