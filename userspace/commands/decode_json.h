// What `realpeer decode` says of some bytes.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <span>

#include "proxy_protocol/decode.h"

namespace realpeer::commands {

// `result` is accept, local, need_more or reject. The first two come with {version, command, family, transport, src,
// dst, tlvs, header_length, payload_length, payload_hex}, need_more with `at_least`, reject with `reason` and `detail`
// (and `looks_like` for header_missing). src and dst are "ADDR:PORT", a path for family unix, null for none.
boost::json::object decode_to_json(std::span<const std::byte> bytes, const proxy_protocol::DecodeOptions& options);

}  // namespace realpeer::commands
