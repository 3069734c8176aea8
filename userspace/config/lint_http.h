// What routes by request can and cannot do with the rest of the configuration.
#pragma once

#include <vector>

#include "config/load.h"

namespace realpeer::config {

// Settings that need requests to be routed, and are not (errors where they would not do what they say). For a
// configuration without other errors.
void lint_missing_http(const Config& config, std::vector<Diagnostic>& found);

// Routes by request that are likely wrong.
void lint_http(const Config& config, std::vector<Diagnostic>& found);

}  // namespace realpeer::config
