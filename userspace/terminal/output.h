// What stands behind standard output.
#pragma once

#include <cstddef>

namespace realpeer::terminal {

// Whether escape sequences are wanted there: of a terminal that knows any, and unless NO_COLOR says otherwise
// (https://no-color.org).
bool output_takes_colours();
// Columns; where it is no terminal so many that prose can be read.
std::size_t output_width();

}  // namespace realpeer::terminal
