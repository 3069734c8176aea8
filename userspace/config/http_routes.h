// The `http` rules of a route.
#pragma once

#include "config/config.h"
#include "config/reader.h"
#include "config/targets.h"

namespace realpeer::config {

// Fills in the listener's rules and where their redirects stand.
void read_http_rules(const Value& list, const TargetReader& targets, Listener& listener);

}  // namespace realpeer::config
