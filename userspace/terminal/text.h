// Text as a terminal shows it. Everything shown passes printable() once; then one code point is one column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace realpeer::terminal {

// What others wrote, harmless: printable ASCII, and letters and punctuation of Latin script in UTF-8 that take one
// column, stay; every other byte becomes \xNN, so that no text can steer the terminal or hide what it says.
std::string printable(std::string_view text);

// Columns of a text that is printable.
std::size_t columns(std::string_view text);

}  // namespace realpeer::terminal
