// The `http` rules of a route.
#pragma once

#include <vector>

#include "config/reader.h"
#include "config/targets.h"
#include "policy/http_route.h"

namespace realpeer::config {

std::vector<policy::HttpRule> read_http_rules(Report& report, const Value& list, const TargetReader& targets);

}  // namespace realpeer::config
