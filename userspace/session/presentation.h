// How the client is presented: what the backend reads before the client's bytes. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/config.h"
#include "proxy_protocol/header.h"

namespace realpeer::session {

struct Presented {
  net::Endpoint client;                           // believed
  net::Endpoint destination;                      // whom it meant to reach
  std::span<const proxy_protocol::Tlv> believed;  // the TLVs of a trusted peer's header
  std::string_view server_name;                   // of the ClientHello; empty: not known
  std::string_view protocol;                      // of ALPN; empty: not known
  std::string_view made_id;                       // the connection's own, where no trusted peer gave it one
};

// The TLVs for this backend: room for a checksum, authority, ALPN and unique id where `send_tlvs` has them (from the
// ClientHello, else from the believed header), then what `pass_through_tlvs` lets pass, as it came.
std::vector<proxy_protocol::Tlv> outgoing_tlvs(const config::Tlvs& tlvs, const Presented& presented);

// The whole header; empty for identities without one.
std::string presentation(const config::Backend& backend, const Presented& presented);

}  // namespace realpeer::session
