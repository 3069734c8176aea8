// Which routes a listener has: those that name its Gateway, and that it lets in.
#pragma once

#include <map>
#include <vector>

#include "import/references.h"

namespace realpeer::importing {

// In the order of Meta::precedes(); each route once.
using Attachments = std::map<const GatewayListener*, std::vector<const Route*>>;

// Parents that are not there are errors; routes that no listener of theirs lets in, warnings.
Attachments attach(const Manifests& manifests, Findings& findings);

}  // namespace realpeer::importing
