// The beginning of TLS on the wire: RFC 8446 (TLS 1.3), whose ClientHello has the shape of RFC 5246's. All numbers are
// big-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace realpeer::tls::wire {

inline constexpr std::uint8_t major_version = 3;  // SSL 3.0 and every TLS

// --- Records (RFC 8446 section 5.1) ---

inline constexpr std::size_t record_header_length = 5;  // type: 8 bits, version: 16 bits, length: 16 bits
inline constexpr std::size_t record_version_at = 1;
inline constexpr std::size_t record_length_at = 3;
inline constexpr std::size_t max_record = 16384;  // bytes after the header

inline constexpr std::uint8_t type_change_cipher_spec = 20;
inline constexpr std::uint8_t type_alert = 21;
inline constexpr std::uint8_t type_handshake = 22;
inline constexpr std::uint8_t type_application_data = 23;

// --- The handshake message (RFC 8446 sections 4 and 4.1.2) ---

inline constexpr std::size_t message_header_length = 4;  // type: 8 bits, length of the rest: 24 bits
inline constexpr std::uint8_t message_client_hello = 1;
inline constexpr std::size_t version_and_random_length = 2 + 32;
inline constexpr std::size_t max_session_id = 32;

// --- Extensions (RFC 8446 section 4.2); each has a type and a length of 16 bits ---

inline constexpr std::uint16_t extension_server_name = 0;  // RFC 6066 section 3
inline constexpr std::uint16_t extension_alpn = 16;        // RFC 7301 section 3.1
inline constexpr std::uint8_t name_type_host_name = 0;
inline constexpr std::size_t max_host_name = 253;  // bytes: what RFC 1035 section 2.3.4 leaves of 255 in text

// --- SSLv2 (draft-hickman-netscape-ssl-00; RFC 5246 appendix E.2) ---

inline constexpr std::uint8_t ssl2_two_byte_header = 0x80;  // highest bit of the first byte
inline constexpr std::uint8_t ssl2_client_hello = 1;
inline constexpr std::size_t ssl2_type_at = 2;
inline constexpr std::size_t ssl2_version_at = 3;
inline constexpr std::uint16_t ssl2_version = 2;

}  // namespace realpeer::tls::wire
