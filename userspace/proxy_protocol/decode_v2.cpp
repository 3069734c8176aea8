// Version 2: sixteen fixed bytes, an address block, type-length-value records (section 2.2).
#include <algorithm>
#include <optional>

#include "net/bytes.h"
#include "proxy_protocol/checksum.h"
#include "proxy_protocol/decode_versions.h"
#include "proxy_protocol/tlv.h"
#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

namespace {

std::size_t block_length(Family family) {
  switch (family) {
    case Family::unspec: return 0;
    case Family::inet: return wire::inet_block_length;
    case Family::inet6: return wire::inet6_block_length;
    case Family::unix_socket: return wire::unix_block_length;
  }
  return 0;
}

// Each field of the fixed part as soon as its byte is there.
std::optional<Refused> check_fixed_part(std::string_view bytes) {
  if (bytes.size() > wire::v2_version_command_at) {
    const std::uint8_t byte = u8_at(bytes, wire::v2_version_command_at);
    if (byte >> 4U != wire::v2_version) return malformed("byte 12: version " + std::to_string(byte >> 4U) + ", not 2");
    if ((byte & 0xFU) > wire::last_command) {
      return malformed("byte 12: command " + std::to_string(byte & 0xFU) + " is not defined");
    }
  }
  if (bytes.size() > wire::v2_family_transport_at) {
    const std::uint8_t byte = u8_at(bytes, wire::v2_family_transport_at);
    if (byte >> 4U > wire::last_family) {
      return malformed("byte 13: address family " + std::to_string(byte >> 4U) + " is not defined");
    }
    if ((byte & 0xFU) > wire::last_transport) {
      return malformed("byte 13: transport " + std::to_string(byte & 0xFU) + " is not defined");
    }
  }
  return std::nullopt;
}

net::Address address_at(std::string_view bytes, std::size_t at, Family family) {
  if (family == Family::inet) return boost::asio::ip::address_v4(u32_at(bytes, at));
  boost::asio::ip::address_v6::bytes_type raw;
  std::ranges::copy(bytes.substr(at, raw.size()), raw.begin());
  return boost::asio::ip::address_v6(raw);
}

// `block` has the length of the header's family.
void read_addresses(std::string_view block, Header& header) {
  if (header.family == Family::unix_socket) {
    const auto path = [block](std::size_t at) {
      const std::string_view field = block.substr(at, wire::unix_address_length);
      return std::string(field.substr(0, field.find('\0')));
    };
    header.source_path = path(0);
    header.destination_path = path(wire::unix_address_length);
    return;
  }
  const std::size_t width = header.family == Family::inet ? wire::inet_address_length : wire::inet6_address_length;
  header.source.emplace(address_at(block, 0, header.family), u16_at(block, 2 * width));
  header.destination.emplace(address_at(block, width, header.family), u16_at(block, 2 * width + wire::port_length));
}

std::optional<Refused> check_checksum(std::string_view whole, std::size_t at) {
  const std::uint32_t announced = u32_at(whole, at);
  if (announced == header_checksum(whole, at)) return std::nullopt;
  return Refused{policy::RejectReason::checksum_mismatch, "the CRC32C TLV does not match the header"};
}

// The rules of the types known here; `at` is where the first record stands in the whole header.
std::optional<Refused> check_tlvs(std::string_view whole, std::size_t at, const std::vector<Tlv>& tlvs) {
  std::optional<std::size_t> checksum_at;
  for (const Tlv& tlv : tlvs) {
    at += wire::tlv_fixed_length;
    switch (tlv.type) {
      case wire::type_crc32c:
        if (tlv.value.size() != wire::crc32c_length) {
          return malformed("the CRC32C TLV has " + std::to_string(tlv.value.size()) + " bytes, not 4");
        }
        if (checksum_at) return malformed("two CRC32C TLVs");
        checksum_at = at;
        break;
      case wire::type_unique_id:
        if (tlv.value.size() > wire::unique_id_max_length) {
          return malformed("the unique id has " + std::to_string(tlv.value.size()) + " bytes, more than 128");
        }
        break;
      case wire::type_ssl:
        if (const auto ssl = parse_ssl(tlv.value); !ssl) return malformed(ssl.error());
        break;
      default: break;
    }
    at += tlv.value.size();
  }
  // Last: a header of the wrong shape is malformed, whatever its checksum.
  return checksum_at ? check_checksum(whole, *checksum_at) : std::nullopt;
}

Decoding decode_whole(std::string_view whole, Header header) {
  // LOCAL discards the block, and UNSPEC in either field leaves no way to tell addresses from records: what follows
  // the fixed part is skipped unread.
  if (header.command == Command::local || header.family == Family::unspec || header.transport == Transport::unspec) {
    return Accepted{std::move(header), whole.size()};
  }
  const std::size_t block = block_length(header.family);
  read_addresses(whole.substr(wire::v2_fixed_length, block), header);
  const std::size_t tlvs_at = wire::v2_fixed_length + block;
  auto tlvs = parse_tlvs(whole.substr(tlvs_at));
  if (!tlvs) return malformed(tlvs.error());
  if (auto refused = check_tlvs(whole, tlvs_at, *tlvs)) return std::move(*refused);
  header.tlvs = std::move(*tlvs);
  return Accepted{std::move(header), whole.size()};
}

}  // namespace

Decoding decode_v2(std::string_view bytes, std::size_t max_header) {
  if (auto refused = check_fixed_part(bytes)) return std::move(*refused);
  if (bytes.size() < wire::v2_fixed_length) {
    // Both bytes of the length are needed before either says anything.
    return NeedMore{bytes.size() < wire::v2_length_at ? 1 : wire::v2_fixed_length - bytes.size()};
  }
  Header header;
  header.version = Version::v2;
  header.command = static_cast<Command>(u8_at(bytes, wire::v2_version_command_at) & 0xFU);
  header.family = static_cast<Family>(u8_at(bytes, wire::v2_family_transport_at) >> 4U);
  header.transport = static_cast<Transport>(u8_at(bytes, wire::v2_family_transport_at) & 0xFU);

  const std::size_t following = u16_at(bytes, wire::v2_length_at);
  const std::size_t total = wire::v2_fixed_length + following;
  if (total > max_header) {
    return Refused{
        policy::RejectReason::header_too_large,
        "a header of " + std::to_string(total) + " bytes, more than the " + std::to_string(max_header) + " allowed"};
  }
  if (header.command == Command::proxy && following < block_length(header.family)) {
    return malformed("bytes 14 and 15: " + std::to_string(following) + " bytes follow, the address block alone has " +
                     std::to_string(block_length(header.family)));
  }
  if (bytes.size() < total) return NeedMore{total - bytes.size()};
  return decode_whole(bytes.substr(0, total), std::move(header));
}

}  // namespace realpeer::proxy_protocol
