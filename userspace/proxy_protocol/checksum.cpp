#include "proxy_protocol/checksum.h"

#include <array>
#include <boost/crc.hpp>

#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

std::uint32_t header_checksum(std::string_view header, std::size_t field) {
  // Castagnoli, reflected, all ones before and after: RFC 4960 appendix B.
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  constexpr std::array<char, wire::crc32c_length> zeroes{};
  const std::string_view after = header.substr(field + wire::crc32c_length);
  crc.process_bytes(header.data(), field);
  crc.process_bytes(zeroes.data(), zeroes.size());
  crc.process_bytes(after.data(), after.size());
  return crc.checksum();
}

}  // namespace realpeer::proxy_protocol
