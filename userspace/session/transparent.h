// Whether this host is ready for the backends with identity transparent.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace realpeer::session {

struct UnreadyEndpoint {
  std::string endpoint;  // as configured
  std::string missing;   // what kernel::missing_for_transparent() says
};

// Endpoints that are names are not looked up.
std::vector<UnreadyEndpoint> unready_for_transparent(const config::Config& config);

}  // namespace realpeer::session
