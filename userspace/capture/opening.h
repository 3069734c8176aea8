// How much of a client's first bytes must be there to say what they are.
#pragma once

#include <cstddef>
#include <span>

#include "proxy_protocol/decode.h"
#include "proxy_protocol/wire.h"

namespace realpeer::capture {

// The longest header there can be. A ClientHello is shorter.
inline constexpr std::size_t longest_header =
    proxy_protocol::wire::v2_fixed_length + proxy_protocol::wire::v2_max_length;

// Further bytes without which there is more to be known: of the header, or of what stands in its place: a ClientHello
// is wanted whole, for the name in it. 0: all is known.
std::size_t bytes_wanted(std::span<const std::byte> bytes, const proxy_protocol::DecodeOptions& options);

}  // namespace realpeer::capture
