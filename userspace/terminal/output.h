// What stands behind standard output.
#pragma once

#include <cstddef>

namespace realpeer::terminal {

// Whether it is a terminal that can be drawn on.
bool output_is_drawable();
// Whether escape sequences are wanted there: of a drawable terminal, and unless NO_COLOR says otherwise
// (https://no-color.org).
bool output_takes_colours();
// Columns; where it is no terminal so many that prose can be read.
std::size_t output_width();

}  // namespace realpeer::terminal
