#include "proxy_protocol/tlv.h"

#include "net/bytes.h"
#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

boost::system::result<std::vector<Tlv>, std::string> parse_tlvs(std::string_view bytes) {
  std::vector<Tlv> tlvs;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t left = bytes.size() - at;
    if (left < wire::tlv_fixed_length) {
      return std::to_string(left) + " stray bytes after the last TLV, too few for another";
    }
    const std::uint8_t type = u8_at(bytes, at);
    const std::size_t length = u16_at(bytes, at + 1);
    if (length > left - wire::tlv_fixed_length) {
      return "TLV " + hex_text(type) + " at byte " + std::to_string(at) + " of the TLVs announces " +
             std::to_string(length) + " bytes, but " + std::to_string(left - wire::tlv_fixed_length) + " are left";
    }
    tlvs.push_back({type, std::string(bytes.substr(at + wire::tlv_fixed_length, length))});
    at += wire::tlv_fixed_length + length;
  }
  return tlvs;
}

boost::system::result<Ssl, std::string> parse_ssl(std::string_view value) {
  if (value.size() < wire::ssl_fixed_length) {
    return "the SSL TLV has " + std::to_string(value.size()) + " bytes, its fixed part alone has " +
           std::to_string(wire::ssl_fixed_length);
  }
  auto tlvs = parse_tlvs(value.substr(wire::ssl_fixed_length));
  if (!tlvs) return "inside the SSL TLV: " + tlvs.error();
  return Ssl{.client = u8_at(value, 0), .verify = u32_at(value, 1), .tlvs = std::move(*tlvs)};
}

}  // namespace realpeer::proxy_protocol
