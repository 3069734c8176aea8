#include <algorithm>
#include <array>

#include "net/bytes.h"
#include "proxy_protocol/decode.h"

namespace realpeer::proxy_protocol {

namespace {

// Each with its space: a method name alone may begin any word. "PRI " opens HTTP/2.
constexpr std::array<std::string_view, 10> http_openings{"GET ",     "HEAD ",    "POST ",  "PUT ",   "DELETE ",
                                                         "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PRI "};
constexpr std::string_view ssh_opening = "SSH-";  // RFC 4253 section 4.2
// Shorter beginnings of a text protocol are not worth a guess.
constexpr std::size_t least_text = 3;

bool opens(std::string_view bytes, std::string_view opening) {
  return bytes.starts_with(opening) || (bytes.size() >= least_text && opening.starts_with(bytes));
}

// RFC 8446 section 5.1: a handshake record, legacy version 3.x, two bytes of length; then message type client_hello.
bool opens_tls(std::string_view bytes) {
  constexpr std::uint8_t handshake = 0x16;
  constexpr std::uint8_t major_version = 3;
  constexpr std::uint8_t client_hello = 1;
  constexpr std::size_t message_at = 5;
  if (bytes.empty() || u8_at(bytes, 0) != handshake) return false;
  if (bytes.size() > 1 && u8_at(bytes, 1) != major_version) return false;
  return bytes.size() <= message_at || u8_at(bytes, message_at) == client_hello;
}

}  // namespace

std::string_view looks_like(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  if (opens_tls(text)) return "tls_client_hello";
  if (std::ranges::any_of(http_openings, [text](std::string_view opening) { return opens(text, opening); })) {
    return "http";
  }
  return opens(text, ssh_opening) ? "ssh" : "other";
}

}  // namespace realpeer::proxy_protocol
