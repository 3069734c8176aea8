// PP2_TYPE_CRC32C (section 2.2.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace realpeer::proxy_protocol {

// CRC-32C of a whole header, the four bytes at `field` counted as zero. The field must lie inside the header.
std::uint32_t header_checksum(std::string_view header, std::size_t field);

}  // namespace realpeer::proxy_protocol
