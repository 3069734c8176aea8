// What an operator wants to know of a daemon, on one screen.
#pragma once

#include <boost/json/object.hpp>

#include "terminal/line.h"

namespace realpeer::console {

// As the admin listener's pages of these names answer.
struct Documents {
  boost::json::object listeners;
  boost::json::object backends;
  boost::json::object refusals;
};

// Prose is broken at `width`; tables are as wide as what they hold.
terminal::Lines status(const Documents& documents, std::size_t width);

}  // namespace realpeer::console
