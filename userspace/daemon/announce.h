// What the log says at the start.
#pragma once

#include "config/config.h"
#include "session/host.h"

namespace realpeer::daemon {

// As many descriptors as allowed; a warning when the connections configured need more.
void raise_descriptor_limit(const config::Config& config, std::uint32_t workers);

// What the process is and what the host grants it.
void announce(const config::Config& config, const session::Host& host, std::uint32_t workers);

// What it serves.
void announce_listeners(const config::Config& config);

}  // namespace realpeer::daemon
