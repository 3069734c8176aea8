// The PROXY protocol on the wire: HAProxy's doc/proxy-protocol.txt as named constants. All numbers are big-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace realpeer::proxy_protocol::wire {

// --- Version 1, a line of text (section 2.1) ---

inline constexpr std::string_view v1_signature = "PROXY";
inline constexpr std::string_view v1_tcp4 = "TCP4";
inline constexpr std::string_view v1_tcp6 = "TCP6";
inline constexpr std::string_view v1_unknown = "UNKNOWN";
inline constexpr std::string_view v1_line_end = "\r\n";
// Longest line a receiver must take, CRLF included: UNKNOWN with two full IPv6 addresses.
inline constexpr std::size_t v1_max_line = 107;

// --- Version 2, binary (section 2.2) ---

// The fifth byte is NUL, hence the explicit length.
inline constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
inline constexpr std::size_t v2_version_command_at = 12;   // version in the high four bits, command in the low
inline constexpr std::size_t v2_family_transport_at = 13;  // address family in the high four bits, transport in the low
inline constexpr std::size_t v2_length_at = 14;            // 16 bits: bytes that follow the fixed part
inline constexpr std::size_t v2_fixed_length = 16;
inline constexpr std::size_t v2_max_length = 0xFFFF;  // of what follows the fixed part

inline constexpr std::uint8_t v2_version = 2;
inline constexpr std::uint8_t last_command = 1;    // 0 LOCAL, 1 PROXY
inline constexpr std::uint8_t last_family = 3;     // 0 UNSPEC, 1 INET, 2 INET6, 3 UNIX
inline constexpr std::uint8_t last_transport = 2;  // 0 UNSPEC, 1 STREAM, 2 DGRAM

// The address block: source address, destination address, and for INET and INET6 source port and destination port.
inline constexpr std::size_t inet_address_length = 4;
inline constexpr std::size_t inet6_address_length = 16;
inline constexpr std::size_t unix_address_length = 108;
inline constexpr std::size_t port_length = 2;
inline constexpr std::size_t inet_block_length = 2 * (inet_address_length + port_length);    // 12
inline constexpr std::size_t inet6_block_length = 2 * (inet6_address_length + port_length);  // 36
inline constexpr std::size_t unix_block_length = 2 * unix_address_length;                    // 216

// --- Type-length-value records after the address block (section 2.2, "pp2_tlv") ---

inline constexpr std::size_t tlv_fixed_length = 3;  // type: 8 bits, length of the value: 16 bits

inline constexpr std::uint8_t type_alpn = 0x01;       // 2.2.1
inline constexpr std::uint8_t type_authority = 0x02;  // 2.2.2
inline constexpr std::uint8_t type_crc32c = 0x03;     // 2.2.3
inline constexpr std::uint8_t type_noop = 0x04;       // 2.2.4
inline constexpr std::uint8_t type_unique_id = 0x05;  // 2.2.5
inline constexpr std::uint8_t type_ssl = 0x20;        // 2.2.6
inline constexpr std::uint8_t subtype_ssl_version = 0x21;
inline constexpr std::uint8_t subtype_ssl_cn = 0x22;
inline constexpr std::uint8_t subtype_ssl_cipher = 0x23;
inline constexpr std::uint8_t subtype_ssl_sig_alg = 0x24;
inline constexpr std::uint8_t subtype_ssl_key_alg = 0x25;
inline constexpr std::uint8_t subtype_ssl_group = 0x26;
inline constexpr std::uint8_t subtype_ssl_sig_scheme = 0x27;
inline constexpr std::uint8_t subtype_ssl_client_cert = 0x28;
inline constexpr std::uint8_t type_netns = 0x30;  // 2.2.7

inline constexpr std::size_t crc32c_length = 4;
inline constexpr std::size_t unique_id_max_length = 128;
inline constexpr std::size_t ssl_fixed_length = 5;  // client: 8 bits, verify: 32 bits; then nested records

// The registered name in lower case without its prefix; empty for a type that is not registered.
constexpr std::string_view tlv_name(std::uint8_t type) {
  switch (type) {
    case type_alpn: return "alpn";
    case type_authority: return "authority";
    case type_crc32c: return "crc32c";
    case type_noop: return "noop";
    case type_unique_id: return "unique_id";
    case type_ssl: return "ssl";
    case subtype_ssl_version: return "ssl_version";
    case subtype_ssl_cn: return "ssl_cn";
    case subtype_ssl_cipher: return "ssl_cipher";
    case subtype_ssl_sig_alg: return "ssl_sig_alg";
    case subtype_ssl_key_alg: return "ssl_key_alg";
    case subtype_ssl_group: return "ssl_group";
    case subtype_ssl_sig_scheme: return "ssl_sig_scheme";
    case subtype_ssl_client_cert: return "ssl_client_cert";
    case type_netns: return "netns";
    default: return "";
  }
}

}  // namespace realpeer::proxy_protocol::wire
