// Type-length-value records of a version 2 header (section 2.2), and the nested ones of PP2_TYPE_SSL (2.2.6).
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy_protocol/header.h"

namespace realpeer::proxy_protocol {

// `bytes` must be records from end to end. The error names the record at fault by type and offset.
boost::system::result<std::vector<Tlv>, std::string> parse_tlvs(std::string_view bytes);

// The value of a PP2_TYPE_SSL record.
struct Ssl {
  std::uint8_t client = 0;   // bit field: 1 TLS, 2 certificate on this connection, 4 certificate in this session
  std::uint32_t verify = 0;  // zero when a certificate was presented and verified
  std::vector<Tlv> tlvs;     // PP2_SUBTYPE_SSL_*, in wire order
};

boost::system::result<Ssl, std::string> parse_ssl(std::string_view value);

}  // namespace realpeer::proxy_protocol
