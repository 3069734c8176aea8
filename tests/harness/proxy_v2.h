// PROXY protocol headers as the tests write and read them: from the specification, and nothing shared with the product.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/tcp.h"

namespace realpeer::testing {

// What clients and gateways put in front of a connection. Source and destination must be of one family.
std::string proxy_v2(const Endpoint& source, const Endpoint& destination, std::string_view tlvs = "");
std::string proxy_v2_local();
// A header whose every field is the caller's: version and command, family and transport, address block.
std::string proxy_v2_raw(std::uint8_t version_command, std::uint8_t family_transport, std::string_view block);
std::string tlv(std::uint8_t type, std::string_view value);
std::string proxy_v1(const Endpoint& source, const Endpoint& destination);

// A header as a backend received it.
struct SeenHeader {
  bool proxy = false;  // PROXY, not LOCAL
  std::uint8_t family_transport = 0;
  Endpoint source;
  Endpoint destination;
  std::string tlvs;      // raw
  std::size_t size = 0;  // of the whole header
};

// Reads exactly one header off the connection; throws when what comes is none.
SeenHeader read_proxy_v2(Socket& socket);
// The line, CRLF included.
std::string read_proxy_v1(Socket& socket);

}  // namespace realpeer::testing
