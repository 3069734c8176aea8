#include "proxy_protocol/encode.h"

#include <optional>

#include "net/bytes.h"
#include "proxy_protocol/checksum.h"
#include "proxy_protocol/wire.h"

namespace realpeer::proxy_protocol {

namespace {

// What the wire can say of the header's addresses. A family whose addresses are missing, of the wrong kind or too
// long for their field is UNSPEC: never half an identity.
Family expressible_family(const Header& header) {
  const bool endpoints = header.source && header.destination;
  switch (header.family) {
    case Family::unspec: return Family::unspec;
    case Family::inet:
      return endpoints && header.source->address().is_v4() && header.destination->address().is_v4() ? Family::inet
                                                                                                    : Family::unspec;
    case Family::inet6: return endpoints ? Family::inet6 : Family::unspec;
    case Family::unix_socket:
      return header.source_path.size() <= wire::unix_address_length &&
                     header.destination_path.size() <= wire::unix_address_length
                 ? Family::unix_socket
                 : Family::unspec;
  }
  return Family::unspec;
}

// Without the scope id, which means nothing to another host.
boost::asio::ip::address_v6 plain_v6(const net::Address& address) {
  return boost::asio::ip::address_v6(net::mapped_v6(address).to_bytes());
}

std::string encode_v1(const Header& header) {
  const Family family = expressible_family(header);
  const bool tcp = header.command == Command::proxy && header.transport == Transport::stream &&
                   (family == Family::inet || family == Family::inet6);
  std::string line(wire::v1_signature);
  line += ' ';
  if (!tcp) return line.append(wire::v1_unknown).append(wire::v1_line_end);

  const auto text = [family](const net::Endpoint& endpoint) {
    return family == Family::inet ? endpoint.address().to_string() : plain_v6(endpoint.address()).to_string();
  };
  line += family == Family::inet ? wire::v1_tcp4 : wire::v1_tcp6;
  line += ' ' + text(*header.source) + ' ' + text(*header.destination);
  line += ' ' + std::to_string(header.source->port()) + ' ' + std::to_string(header.destination->port());
  return line.append(wire::v1_line_end);
}

template <typename Bytes>
void append_bytes(std::string& out, const Bytes& bytes) {
  for (const unsigned char byte : bytes) append_u8(out, byte);
}

void append_block(std::string& out, const Header& header, Family family) {
  switch (family) {
    case Family::unspec: return;
    case Family::inet:
      append_bytes(out, header.source->address().to_v4().to_bytes());
      append_bytes(out, header.destination->address().to_v4().to_bytes());
      break;
    case Family::inet6:
      append_bytes(out, net::mapped_v6(header.source->address()).to_bytes());
      append_bytes(out, net::mapped_v6(header.destination->address()).to_bytes());
      break;
    case Family::unix_socket:
      for (const std::string& path : {header.source_path, header.destination_path}) {
        out.append(path).append(wire::unix_address_length - path.size(), '\0');
      }
      return;
  }
  append_u16(out, header.source->port());
  append_u16(out, header.destination->port());
}

// Returns where the value of the CRC32C record stands, if there is one.
std::optional<std::size_t> append_tlvs(std::string& out, const std::vector<Tlv>& tlvs) {
  std::optional<std::size_t> checksum_at;
  for (const Tlv& tlv : tlvs) {
    const bool checksum = tlv.type == wire::type_crc32c;
    const std::string value = checksum ? std::string(wire::crc32c_length, '\0') : tlv.value;
    const std::size_t after = out.size() + wire::tlv_fixed_length + value.size();
    const bool fits = after <= wire::v2_fixed_length + wire::v2_max_length;
    if (!fits || (checksum && checksum_at)) continue;
    append_u8(out, tlv.type);
    append_u16(out, value.size());
    if (checksum) checksum_at = out.size();
    out += value;
  }
  return checksum_at;
}

std::string encode_v2(const Header& header) {
  const Family family = expressible_family(header);
  const Transport transport = family == header.family ? header.transport : Transport::unspec;
  std::string out(wire::v2_signature);
  append_u8(out, static_cast<unsigned>(wire::v2_version << 4U) | static_cast<unsigned>(header.command));
  append_u8(out, static_cast<unsigned>(family) << 4U | static_cast<unsigned>(transport));
  append_u16(out, 0);  // the length, once it is known
  append_block(out, header, family);
  const std::optional<std::size_t> checksum_at = append_tlvs(out, header.tlvs);

  std::string number;
  append_u16(number, out.size() - wire::v2_fixed_length);
  out.replace(wire::v2_length_at, number.size(), number);
  if (checksum_at) {
    number.clear();
    append_u32(number, header_checksum(out, *checksum_at));
    out.replace(*checksum_at, number.size(), number);
  }
  return out;
}

}  // namespace

Header make_proxy_header(Version version, const net::Endpoint& client, const net::Endpoint& destination) {
  // A dual-stack listener reports IPv4 as v4-mapped; on the wire it is IPv4 again.
  net::Endpoint source = net::unmapped(client);
  net::Endpoint target = net::unmapped(destination);
  const bool inet = source.address().is_v4() && target.address().is_v4();
  if (!inet) {
    source.address(net::mapped_v6(source.address()));
    target.address(net::mapped_v6(target.address()));
  }
  Header header;
  header.version = version;
  header.family = inet ? Family::inet : Family::inet6;
  header.transport = Transport::stream;
  header.source = source;
  header.destination = target;
  return header;
}

std::string encode(const Header& header) {
  return header.version == Version::v1 ? encode_v1(header) : encode_v2(header);
}

}  // namespace realpeer::proxy_protocol
