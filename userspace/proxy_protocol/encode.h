// Header values to bytes.
#pragma once

#include <cstddef>
#include <string>

#include "proxy_protocol/header.h"

namespace realpeer::proxy_protocol {

// The header a backend should read for a connection of `client` to `destination`. When the two are of different
// families both are written as INET6, the IPv4 one v4-mapped; a v4-mapped address counts as IPv4.
Header make_proxy_header(Version version, const net::Endpoint& client, const net::Endpoint& destination);

// The bytes of `header`. v1 knows TCP4, TCP6 and UNKNOWN only: whatever else is asked of it becomes UNKNOWN, and
// TLVs are not written. v2 writes command, family, transport and TLVs as they stand; the bare header is 28 bytes
// (IPv4) or 52 (IPv6). A PP2_TYPE_CRC32C TLV, if present, has its value computed here (a second one is left out).
// A family whose addresses are missing, of another kind or too long for their field is written as UNSPEC; TLVs that
// would take the header beyond its 16-bit length are left out.
std::string encode(const Header& header);

}  // namespace realpeer::proxy_protocol
