#include "http/body.h"

#include <array>
#include <charconv>

namespace realpeer::http {

void append_body(std::string& out, Framing framing, std::string_view part) {
  if (part.empty()) return;
  if (framing != Framing::chunked) {
    out.append(part);
    return;
  }
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.begin(), size.end(), part.size(), 16).ptr;
  out.append(size.begin(), end).append("\r\n").append(part).append("\r\n");
}

void append_end(std::string& out, Framing framing, const Fields& trailer) {
  if (framing != Framing::chunked) return;
  out += "0\r\n";
  append(trailer, out);
  out += "\r\n";
}

}  // namespace realpeer::http
