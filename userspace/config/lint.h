// Configurations that are valid and still likely wrong.
#pragma once

#include <vector>

#include "config/load.h"

namespace realpeer::config {

// Warnings (trust in everyone, `optional` at all, …) and cross-listener errors (one address and port claimed twice).
std::vector<Diagnostic> lint(const Config& config);

}  // namespace realpeer::config
