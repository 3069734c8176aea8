// Documents of a gateway that has something to tell, as its admin listener writes them.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "console/status.h"

namespace realpeer::console {

boost::json::object parsed(std::string_view text);

// Two listeners, three endpoints, a warning, refusals.
Documents busy();
// One listener, one endpoint, and nothing that happened.
Documents idle();

}  // namespace realpeer::console
