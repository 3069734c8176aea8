// Bytes of strangers as text that does no harm to whoever reads it.
#pragma once

#include <string>
#include <string_view>

namespace realpeer::observe {

// One line of UTF-8: every byte that belongs to no letter, or to what ends a line, moves a terminal's cursor or turns
// the order of letters, becomes \xNN.
std::string printable(std::string_view bytes);

// The same for strings of JSON, where C0 controls stay: JSON has escapes of its own for those, and for no others.
std::string json_text(std::string_view bytes);

}  // namespace realpeer::observe
