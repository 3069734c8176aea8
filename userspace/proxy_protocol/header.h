// The PROXY protocol header as a value. Wire form: decode.h and encode.h; constants: wire.h.
// Source: HAProxy's doc/proxy-protocol.txt (revision 2020/03/05 and later), sections 2.1 and 2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/address.h"

namespace realpeer::proxy_protocol {

enum class Version : std::uint8_t { v1 = 1, v2 = 2 };

// v1 has no LOCAL; its UNKNOWN is a PROXY command with family unspec.
enum class Command : std::uint8_t { local = 0, proxy = 1 };

enum class Family : std::uint8_t { unspec = 0, inet = 1, inet6 = 2, unix_socket = 3 };

enum class Transport : std::uint8_t { unspec = 0, stream = 1, dgram = 2 };

// One type-length-value record; the value is raw bytes (the nested records of PP2_TYPE_SSL included).
struct Tlv {
  std::uint8_t type = 0;
  std::string value;

  bool operator==(const Tlv&) const = default;
};

struct Header {
  Version version = Version::v2;
  Command command = Command::proxy;
  Family family = Family::unspec;
  Transport transport = Transport::unspec;
  // Present for inet and inet6 only, and neither for LOCAL nor for an unspec transport: their block is skipped unread.
  std::optional<net::Endpoint> source;
  std::optional<net::Endpoint> destination;
  // For unix_socket only, under the same conditions: the path up to its first NUL; empty for an unnamed socket.
  std::string source_path;
  std::string destination_path;
  // In wire order; empty for v1.
  std::vector<Tlv> tlvs;

  bool operator==(const Header&) const = default;

  // Whether the header names a client: anything else (LOCAL, UNKNOWN, UNSPEC, AF_UNIX) means "the peer itself".
  [[nodiscard]] bool names_client() const { return command == Command::proxy && source.has_value(); }
};

}  // namespace realpeer::proxy_protocol
