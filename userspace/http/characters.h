// The alphabets of HTTP (RFC 9110, section 5.6.2; RFC 3986, section 2 and 3.3).
#pragma once

#include <algorithm>
#include <string_view>

namespace realpeer::http {

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_one_of(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

// tchar: of methods and field names.
constexpr bool is_token_character(char c) { return is_alphanumeric(c) || is_one_of("!#$%&'*+-.^_`|~", c); }

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Without case, in ASCII. Not Beast's, which reads a byte behind the end of texts that differ in case only (1.81).
inline bool iequals(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

inline bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

// Of field values: visible characters, bytes above ASCII (obs-text), space and tab.
constexpr bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || c == '\t';
}

// pchar, '/', and what browsers and other clients send unescaped all the same.
constexpr bool is_path_character(char c) {
  return is_alphanumeric(c) || is_one_of("-._~%!$&'()*+,;=:@/|[]{}^`\"<>", c) || static_cast<unsigned char>(c) >= 0x80;
}

// Of what follows the path: the same, and '?' and '\\'.
constexpr bool is_query_character(char c) { return is_path_character(c) || c == '?' || c == '\\'; }

}  // namespace realpeer::http
