// Configurations that are valid and still likely wrong.
#pragma once

#include <vector>

#include "config/load.h"

namespace realpeer::config {

// Warnings (trust in everyone, `optional` at all, …) and cross-listener errors (one address and port claimed twice).
std::vector<Diagnostic> lint(const Config& config);

// Warnings of what is not there (a backend no listener uses, a check without header, …). Only for a configuration
// without errors: what seems to be missing may be what could not be read.
std::vector<Diagnostic> lint_missing(const Config& config);

}  // namespace realpeer::config
