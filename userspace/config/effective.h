// What is at work, with the keys of the YAML: defaults filled in, included files put together.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "config/config.h"

namespace realpeer::config {

// JSON is YAML: this loads again to a configuration of the same effect. Settings that are off, or bear on nothing here,
// are left out. What could be a secret is masked; keys and tokens themselves are in their files and never in here.
boost::json::object effective(const Config& config);

inline constexpr std::string_view masked = "***";

}  // namespace realpeer::config
