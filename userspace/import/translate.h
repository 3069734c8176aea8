// Manifests to a draft of a configuration.
#pragma once

#include <string>
#include <vector>

#include "import/draft.h"
#include "import/options.h"

namespace realpeer::importing {

struct Translation {
  Draft draft{};
  // What the operator named and no manifest has.
  std::vector<std::string> unused_endpoints{};
  std::vector<std::string> unknown_gateways{};
};

// What is not translated is reported, and left out so that nobody is let in, and nothing believed, that was not before.
Translation translate(const Manifests& manifests, const Options& options, Findings& findings);

}  // namespace realpeer::importing
