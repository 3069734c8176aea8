// Configurations that are valid and still likely wrong.
#pragma once

#include <vector>

#include "config/load.h"

namespace realpeer::config {

// Warnings (trust in everyone, `optional` at all, …) and cross-listener errors (one address and port claimed twice).
std::vector<Diagnostic> lint(const Config& config);

// What is not there: admission for what only admission enforces, requests for what only requests have (errors), a use
// for a backend, a header in checks, … (warnings). Only for a configuration without errors: what seems to be missing
// may be what could not be read.
std::vector<Diagnostic> lint_missing(const Config& config);

}  // namespace realpeer::config
