// What more than one view shows.
#pragma once

#include "admin_client/fields.h"
#include "terminal/line.h"

namespace realpeer::console {

using admin_client::Fields;

// Of /listeners: node, version, how long it has been up, and whether it drains.
terminal::Line headline(const Fields& listeners);
// Of an endpoint's state, in its colour.
terminal::Line state(const Fields& endpoint);
// A count that is better zero.
terminal::Line unwanted(double number, const std::string& shown);
// Of the rejected of one listener, all reasons together but empty probes, which are health checks.
double refused(const Fields& listener);
// The connections of a listener that are open now.
double active(const Fields& listener);

inline constexpr std::string_view health_checks = "empty_probe";

}  // namespace realpeer::console
