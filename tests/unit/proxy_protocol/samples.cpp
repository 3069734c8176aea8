#include "samples.h"

#include <boost/algorithm/hex.hpp>

#include "harness/proxy_header_oracle.h"

namespace realpeer::proxy_protocol::samples {

std::string v2(unsigned version_command, unsigned family_transport, std::string_view rest) {
  std::string out("\r\n\r\n\0\r\nQUIT\n", 12);
  for (const std::size_t byte :
       {std::size_t{version_command}, std::size_t{family_transport}, rest.size() >> 8U, rest.size() & 255U}) {
    out += static_cast<char>(byte);
  }
  return out.append(rest);
}

std::string tlv(unsigned type, std::string_view value) {
  std::string out;
  for (const std::size_t byte : {std::size_t{type}, value.size() >> 8U, value.size() & 255U}) {
    out += static_cast<char>(byte);
  }
  return out.append(value);
}

std::string with_checksum_at(std::size_t at, std::string header) {
  const std::uint32_t checksum = harness::crc32c_by_bits(header);
  for (std::size_t i = 0; i < 4; ++i) header[at + i] = static_cast<char>(checksum >> (24 - 8 * i) & 255U);
  return header;
}

std::string from_hex(std::string_view hex) { return boost::algorithm::unhex(std::string(hex)); }

const std::string inet_block("\xC0\x00\x02\x01\xC6\x33\x64\x09\x12\x34\x01\xBB", 12);
const std::string inet6_block(
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01"
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x02"
    "\x12\x34\x01\xBB",
    36);
const std::string unix_block = "/run/a" + std::string(102, '\0') + "/run/b" + std::string(102, '\0');

const std::string haproxy_tls = from_hex(
    "0d0a0d0a000d0a515549540a2111007e7f0000017f0000018cfe6dc60300047aa3d351010008687474702f312e3102000f6769742e6578616d"
    "706c652e636f6d050009636f6e6e2d3437313220003f0100000000210007544c5376312e332500075253413230343824000a5253412d534841"
    "323536230016544c535f4145535f3235365f47434d5f534841333834");

net::Endpoint endpoint(const char* address, std::uint16_t port) {
  return {boost::asio::ip::make_address(address), port};
}

}  // namespace realpeer::proxy_protocol::samples
