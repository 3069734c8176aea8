// Diagnostics as commands print them.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "config/load.h"

namespace realpeer::commands {

boost::json::array to_json(const std::vector<config::Diagnostic>& diagnostics);

// "1 listener", "2 listeners"
std::string counted(std::size_t count, const std::string& singular);

}  // namespace realpeer::commands
