#include "http/path.h"

#include <cstddef>
#include <string>

#include "http/characters.h"

namespace realpeer::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool ends_part(char c) { return c == '/' || c == '\\'; }

bool is_dots(std::string_view part) { return part == "." || part == ".."; }

}  // namespace

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  // The parts as the most lenient of receivers sees them: '%2f' and '\' separate, and ';' begins parameters.
  std::string part;
  bool parameters = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (!is_path_character(c)) return false;
    if (c == '%') {
      if (i + 2 >= path.size()) return false;
      const int high = hex_digit(path[i + 1]);
      const int low = hex_digit(path[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      if (c == '\0') return false;
      i += 2;
    }
    if (ends_part(c)) {
      if (is_dots(part)) return false;
      part.clear();
      parameters = false;
      continue;
    }
    parameters = parameters || c == ';';
    if (!parameters) part += c;
  }
  return !is_dots(part);
}

}  // namespace realpeer::http
