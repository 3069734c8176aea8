// What a refusal most likely means, and what mends it, for the people who run the gateway.
#pragma once

#include <string_view>

#include "policy/reject_reason.h"

namespace realpeer::observe {

// Sentences; settings by their names in the configuration.
struct Advice {
  std::string_view cause;
  std::string_view remedy;
};

// docs/trust.md has the whole table. `looks_like` as in the access log.
Advice advice(policy::RejectReason reason, std::string_view looks_like = {});

}  // namespace realpeer::observe
