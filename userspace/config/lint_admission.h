// What admission can and cannot do with the rest of the configuration.
#pragma once

#include <vector>

#include "config/load.h"

namespace realpeer::config {

// Settings that need another one that is not there: admission (errors), a listener that takes direct clients. For a
// configuration without other errors.
void lint_missing_admission(const Config& config, std::vector<Diagnostic>& found);

// Settings that work against each other.
void lint_admission(const Config& config, std::vector<Diagnostic>& found);

}  // namespace realpeer::config
