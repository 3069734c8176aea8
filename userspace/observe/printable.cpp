#include "observe/printable.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <boost/locale/utf.hpp>

namespace realpeer::observe {
namespace {

namespace utf = boost::locale::utf;

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

bool is_valid(utf::code_point point) { return point != utf::illegal && point != utf::incomplete; }

// C0, DEL and C1 (ECMA-48); the separators of lines and paragraphs, and what overrides the order of letters (Unicode,
// UAX #9).
bool is_control(utf::code_point point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

template <typename Passes>
std::string escape(std::string_view bytes, Passes passes) {
  if (std::ranges::all_of(bytes, is_plain)) return std::string(bytes);
  std::string text;
  for (const char *at = bytes.data(), *const end = at + bytes.size(); at != end;) {
    const char* const begin = at;
    const auto point = utf::utf_traits<char>::decode(at, end);
    // Of bytes that are no letter only the first is known to be none.
    if (!is_valid(point)) at = begin + 1;
    if (passes(point)) {
      text.append(begin, at);
      continue;
    }
    for (const char* byte = begin; byte != at; ++byte) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(*byte));
    }
  }
  return text;
}

}  // namespace

std::string printable(std::string_view bytes) {
  return escape(bytes, [](utf::code_point point) { return is_valid(point) && !is_control(point); });
}

std::string json_text(std::string_view bytes) {
  return escape(bytes, [](utf::code_point point) { return point < 0x20 || (is_valid(point) && !is_control(point)); });
}

}  // namespace realpeer::observe
