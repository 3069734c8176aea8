// The decoders of either version, behind decode(). Not for other rooms.
#pragma once

#include <cstddef>
#include <string_view>

#include "proxy_protocol/decode.h"

namespace realpeer::proxy_protocol {

// `bytes` begins with the version's whole signature.
Decoding decode_v1(std::string_view bytes, std::size_t max_header);
Decoding decode_v2(std::string_view bytes, std::size_t max_header);

inline Refused malformed(std::string detail) { return {policy::RejectReason::header_malformed, std::move(detail)}; }

}  // namespace realpeer::proxy_protocol
