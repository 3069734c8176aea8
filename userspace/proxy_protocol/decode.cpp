#include "proxy_protocol/decode.h"

#include <algorithm>

#include "net/bytes.h"
#include "proxy_protocol/decode_versions.h"
#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

namespace {

Signature match(std::string_view bytes, std::string_view signature) {
  if (bytes.starts_with(signature)) return Signature::present;
  return signature.starts_with(bytes) ? Signature::partial : Signature::absent;
}

// Names the first byte that settled it, so that the text stays the same however much more arrives.
Refused missing(std::string_view bytes) {
  const auto common = [bytes](std::string_view signature) {
    return static_cast<std::size_t>(std::ranges::mismatch(bytes, signature).in1 - bytes.begin());
  };
  const std::size_t at = std::max(common(wire::v1_signature), common(wire::v2_signature));
  return {policy::RejectReason::header_missing,
          "byte " + std::to_string(at) + " (" + hex_text(u8_at(bytes, at)) + ") belongs to neither signature"};
}

Refused disallowed(Version version) {
  return {policy::RejectReason::version_disallowed,
          "a version " + std::to_string(static_cast<int>(version)) + " header, which is not allowed here"};
}

}  // namespace

Decoding decode(std::span<const std::byte> bytes, const DecodeOptions& options) {
  const std::string_view text = as_text(bytes);
  const Signature v1 = match(text, wire::v1_signature);
  const Signature v2 = match(text, wire::v2_signature);
  if (v1 == Signature::present) {
    return options.allow_v1 ? decode_v1(text, options.max_header) : Decoding(disallowed(Version::v1));
  }
  if (v2 == Signature::present) {
    return options.allow_v2 ? decode_v2(text, options.max_header) : Decoding(disallowed(Version::v2));
  }
  if (v1 == Signature::partial || v2 == Signature::partial) return NeedMore{};
  return missing(text);
}

Signature find_signature(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  return std::max(match(text, wire::v1_signature), match(text, wire::v2_signature));
}

}  // namespace realpeer::proxy_protocol
