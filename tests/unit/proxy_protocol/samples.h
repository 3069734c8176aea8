// Headers to test with, composed like sentences, and the tables of what must be taken, refused or waited for.
#pragma once

#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/reject_reason.h"
#include "proxy_protocol/decode.h"

namespace realpeer::proxy_protocol::samples {

using namespace std::literals;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline Decoding decode_text(std::string_view text, const DecodeOptions& options = {}) {
  return decode(bytes_of(text), options);
}

// Signature, the two bytes after it, the true length of `rest`, and `rest`.
std::string v2(unsigned version_command, unsigned family_transport, std::string_view rest);
std::string tlv(unsigned type, std::string_view value);
// Fills the four zero bytes after the given text with the checksum of the whole.
std::string with_checksum_at(std::size_t at, std::string header);
std::string from_hex(std::string_view hex);

// 192.0.2.1:4660 to 198.51.100.9:443; the same in IPv6; two paths.
extern const std::string inet_block;
extern const std::string inet6_block;
extern const std::string unix_block;

net::Endpoint endpoint(const char* address, std::uint16_t port);
Header inet_header();
Header inet6_header();

// What a HAProxy 2.6 wrote: with CRC32C, ALPN, authority, unique id and SSL.
extern const std::string haproxy_tls;

struct Good {
  std::string name;
  std::string bytes;  // exactly one header
  Header header;
};
struct Bad {
  std::string name;
  std::string bytes;
  policy::RejectReason reason;
};
// What a test over the table is called.
inline void PrintTo(const Good& shown, std::ostream* out) { *out << shown.name; }
inline void PrintTo(const Bad& shown, std::ostream* out) { *out << shown.name; }

const std::vector<Good>& good_headers();
const std::vector<Bad>& bad_headers();

}  // namespace realpeer::proxy_protocol::samples
