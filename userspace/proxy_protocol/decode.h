// Bytes in; a header and its length, "need more", or an error out. Never a socket, a log or a policy.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>

#include "policy/reject_reason.h"
#include "proxy_protocol/header.h"

namespace realpeer::proxy_protocol {

struct DecodeOptions {
  // Largest header taken, in bytes on the wire, the 16 fixed bytes of v2 included.
  std::size_t max_header = 4096;
  bool allow_v1 = true;
  bool allow_v2 = true;
};

struct Accepted {
  Header header;
  std::size_t length = 0;  // bytes the header occupies; payload follows
};

// The bytes so far are a prefix of a possible header.
struct NeedMore {
  std::size_t at_least = 1;  // further bytes without which no decision is possible
};

// `reason` is header_missing (the bytes cannot begin any header), header_malformed, header_too_large,
// version_disallowed or checksum_mismatch. `detail` says what and where, in words, for a log line.
struct Refused {
  policy::RejectReason reason = policy::RejectReason::header_malformed;
  std::string detail;
};

using Decoding = std::variant<Accepted, NeedMore, Refused>;

// Total: any bytes give one of the three; a longer input never turns Accepted or Refused into something else.
Decoding decode(std::span<const std::byte> bytes, const DecodeOptions& options = {});

// What stands where a header should be: "tls_client_hello", "http", "ssh" or "other".
std::string_view looks_like(std::span<const std::byte> bytes);

// Whether bytes begin, or may yet turn out to begin, with a PROXY protocol signature of either version.
enum class Signature { absent, partial, present };
Signature find_signature(std::span<const std::byte> bytes);

}  // namespace realpeer::proxy_protocol
