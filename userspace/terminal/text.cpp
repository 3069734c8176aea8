#include "terminal/text.h"

#include <algorithm>

namespace realpeer::terminal {

namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Latin-1 and Latin Extended without the soft hyphen, dashes and quotation marks, and the ellipsis.
bool takes_one_column(char32_t point) {
  return (point >= 0xA1 && point < 0x300 && point != 0xAD) || (point >= 0x2010 && point <= 0x201F) || point == 0x2026;
}

struct Read {
  char32_t point;
  std::size_t bytes;  // 0: not UTF-8, or of more than three bytes
};

// The first code point beyond ASCII.
Read read_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = (lead & 0xE0U) == 0xC0U ? 2 : (lead & 0xF0U) == 0xE0U ? 3 : 0;
  if (bytes == 0 || text.size() < bytes || !std::all_of(text.begin() + 1, text.begin() + bytes, continues)) {
    return {.point = 0, .bytes = 0};
  }
  char32_t point = lead & (bytes == 2 ? 0x1FU : 0x0FU);
  for (const char byte : text.substr(1, bytes - 1)) point = point << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
  const bool overlong = bytes == 3 && point < 0x800;
  return {.point = point, .bytes = overlong ? 0 : bytes};
}

std::string escaped(char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  return {'\\', 'x', digits[value >> 4U], digits[value & 0xFU]};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const char first = text.front();
    std::size_t taken = 1;
    if (first >= ' ' && first <= '~') {
      shown += first;
    } else if (const auto [point, bytes] = read_point(text); bytes > 0 && takes_one_column(point)) {
      shown += text.substr(0, bytes);
      taken = bytes;
    } else {
      shown += escaped(first);
    }
    text.remove_prefix(taken);
  }
  return shown;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return !continues(byte); }));
}

}  // namespace realpeer::terminal
