#include "net/bytes.h"
#include "net/openings.h"
#include "proxy_protocol/decode.h"

namespace realpeer::proxy_protocol {

namespace {

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
  if (opens_http(text)) return "http";
  return opens_ssh(text) ? "ssh" : "other";
}

}  // namespace realpeer::proxy_protocol
