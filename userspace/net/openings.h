// How protocols open that are often spoken on the wrong port. For messages: no decision rests on it.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace realpeer {

namespace openings {

// Each with its space: a method name alone may begin any word. "PRI " opens HTTP/2.
inline constexpr std::array<std::string_view, 10> http{"GET ",     "HEAD ",    "POST ",  "PUT ",   "DELETE ",
                                                       "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PRI "};
inline constexpr std::string_view ssh = "SSH-";  // RFC 4253 section 4.2
// Shorter beginnings of a text protocol are not worth a guess.
inline constexpr std::size_t least_text = 3;

}  // namespace openings

// Whether bytes begin with `opening`, or are a beginning of it that is long enough for a guess.
constexpr bool opens(std::string_view bytes, std::string_view opening) {
  return bytes.starts_with(opening) || (bytes.size() >= openings::least_text && opening.starts_with(bytes));
}

constexpr bool opens_http(std::string_view bytes) {
  return std::ranges::any_of(openings::http, [bytes](std::string_view opening) { return opens(bytes, opening); });
}

constexpr bool opens_ssh(std::string_view bytes) { return opens(bytes, openings::ssh); }

}  // namespace realpeer
