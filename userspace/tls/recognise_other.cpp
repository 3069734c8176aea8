// What stands where a TLS handshake should be, in words.
#include "net/bytes.h"
#include "net/openings.h"
#include "tls/records.h"
#include "tls/wire.h"

namespace realpeer::tls {

namespace {

using namespace std::literals;

// Both versions' signatures, as far as they tell them from anything else.
constexpr std::string_view proxy_v1 = "PROXY ";
constexpr std::string_view proxy_v2 = "\r\n\r\n\0\r\n"sv;

bool opens_ssl2(std::string_view bytes) {
  if (bytes.size() < wire::ssl2_version_at + 2) return false;
  const std::uint16_t version = u16_at(bytes, wire::ssl2_version_at);
  return (u8_at(bytes, 0) & wire::ssl2_two_byte_header) != 0 &&
         u8_at(bytes, wire::ssl2_type_at) == wire::ssl2_client_hello &&
         (version == wire::ssl2_version || version >> 8U == wire::major_version);
}

// Of a TLS record that is not a handshake; empty for what is none.
std::string_view record_name(std::string_view bytes) {
  if (bytes.size() < 2 || u8_at(bytes, wire::record_version_at) != wire::major_version) return "";
  switch (u8_at(bytes, 0)) {
    case wire::type_change_cipher_spec: return "a TLS change_cipher_spec record";
    case wire::type_alert: return "a TLS alert record";
    case wire::type_application_data: return "a TLS application data record";
    default: return "";
  }
}

std::string describe(std::string_view bytes) {
  if (opens_ssl2(bytes)) return "an SSLv2 ClientHello, which cannot name a server";
  if (const auto name = record_name(bytes); !name.empty()) return std::string(name) + " where a handshake must come";
  if (opens_http(bytes)) return "HTTP without TLS";
  if (opens_ssh(bytes)) return "SSH";
  if (opens(bytes, proxy_v1) || opens(bytes, proxy_v2)) return "a PROXY protocol header";
  return "the first byte is " + hex_text(u8_at(bytes, 0)) + ", a TLS handshake begins with 0x16";
}

}  // namespace

std::optional<NotTls> recognise_other(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  if (u8_at(bytes, 0) != wire::type_handshake) return NotTls{describe(bytes)};
  if (bytes.size() > 1 && u8_at(bytes, wire::record_version_at) != wire::major_version) {
    return NotTls{"the second byte is " + hex_text(u8_at(bytes, 1)) + ", the version of a TLS record begins with 0x03"};
  }
  return std::nullopt;
}

}  // namespace realpeer::tls
