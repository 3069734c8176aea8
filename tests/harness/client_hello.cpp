#include "harness/client_hello.h"

#include <algorithm>

namespace realpeer::hellos {

std::string u16(std::size_t value) { return {static_cast<char>(value >> 8U), static_cast<char>(value)}; }

std::string vector8(std::string_view content) {
  return std::string(1, static_cast<char>(content.size())) + std::string(content);
}

std::string vector16(std::string_view content) { return u16(content.size()) + std::string(content); }

std::string extension(std::size_t type, std::string_view content) { return u16(type) + vector16(content); }

std::string name_entry(std::string_view name, char type) { return std::string(1, type) + vector16(name); }

std::string server_names(std::string_view entries) { return extension(0, vector16(entries)); }

std::string server_name(std::string_view name) { return server_names(name_entry(name)); }

std::string alpn(std::initializer_list<std::string_view> protocols) {
  std::string list;
  for (const auto protocol : protocols) list += vector8(protocol);
  return extension(16, vector16(list));
}

std::string grease() { return extension(0x4a4a, "\0"sv); }

std::string post_quantum_key_share() {
  const std::string hybrid = u16(0x11ec) + vector16(std::string(1216, 'k'));
  return extension(51, vector16(hybrid + u16(0x001d) + vector16(std::string(32, 'x'))));
}

std::string body(const Parts& parts) {
  return parts.version_and_random + parts.session_id + parts.suites + parts.compression + parts.extensions;
}

std::string message(std::string_view body, char type) {
  return std::string(1, type) + static_cast<char>(body.size() >> 16U) + u16(body.size() & 0xFFFFU) + std::string(body);
}

std::string hello(std::string_view extensions) { return message(body({.extensions = vector16(extensions)})); }

std::string hello_of_size(std::size_t size, std::string_view name) {
  const std::string named = server_name(name);
  const std::size_t without_padding = hello(named + extension(21, "")).size();
  return hello(extension(21, std::string(size - without_padding, '\0')) + named);
}

std::string record(std::string_view content, char type) {
  return std::string(1, type) + "\x03\x01" + vector16(content);
}

std::string in_records_of(std::size_t content_size, std::string_view message) {
  std::string bytes;
  for (; !message.empty(); message.remove_prefix(std::min(content_size, message.size()))) {
    bytes += record(message.substr(0, content_size));
  }
  return bytes;
}

}  // namespace realpeer::hellos
