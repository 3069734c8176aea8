// Bytes of strangers as text that does no harm to whoever reads it.
#pragma once

#include <string>
#include <string_view>

namespace realpeer::observe {

// Valid UTF-8: a byte that belongs to none becomes \xNN. What JSON strings are made of.
std::string as_utf8(std::string_view bytes);

// The same for lines that are read as they are: so does every byte of what ends a line, moves a terminal's cursor or
// turns the order of letters.
std::string printable(std::string_view bytes);

}  // namespace realpeer::observe
