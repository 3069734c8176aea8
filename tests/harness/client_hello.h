// ClientHellos to test with, composed like sentences: records hold a message, a message fields and extensions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace realpeer::hellos {

using namespace std::literals;

// --- Fields: numbers, and content behind its length ---

std::string u16(std::size_t value);
std::string vector8(std::string_view content);
std::string vector16(std::string_view content);

// --- Extensions ---

std::string extension(std::size_t type, std::string_view content);
std::string name_entry(std::string_view name, char type = 0);
std::string server_names(std::string_view entries);  // the extension around a list
std::string server_name(std::string_view name);
std::string alpn(std::initializer_list<std::string_view> protocols);
std::string grease();
// A key share as X25519MLKEM768 has, 1216 bytes, and one of X25519.
std::string post_quantum_key_share();

// --- Messages ---

struct Parts {
  std::string version_and_random = "\x03\x03" + std::string(32, 'r');
  std::string session_id = vector8(std::string(32, 's'));
  std::string suites = vector16("\x13\x01\x13\x02\xc0\x2f"sv);
  std::string compression = vector8("\0"sv);
  std::string extensions{};  // with their length, or nothing at all
};
std::string body(const Parts& parts);
std::string message(std::string_view body, char type = 1);
std::string hello(std::string_view extensions);
// A hello for `name` whose message has exactly `size` bytes.
std::string hello_of_size(std::size_t size, std::string_view name);

// --- Records ---

std::string record(std::string_view content, char type = 22);
std::string in_records_of(std::size_t content_size, std::string_view message);

}  // namespace realpeer::hellos
