// Who a request is from, in the fields that proxies write about it (RFC 7239, and the X- fields before it). Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/fields.h"
#include "net/address.h"
#include "net/cidr_set.h"

namespace realpeer::http {

// The client of a request that comes from `sender`. Of X-Forwarded-For only what a trusted forwarder appended is
// believed: from the end of the list, as long as the one before is trusted. What cannot be read ends it.
net::Address believed_client(const Fields& fields, const net::Address& sender, const net::CidrSet& trusted);

struct Forwarding {
  net::Address sender;    // whose connection it is
  net::Address client;    // believed
  bool by_trusted;        // the sender is a trusted forwarder, and what it wrote is kept
  bool over_tls;          // towards us
  std::string_view host;  // as asked for; empty: none
  std::string_view request_id;
  bool rfc7239;  // write Forwarded too
};

// Makes X-Forwarded-For, -Proto and -Host, X-Real-IP, X-Request-Id, and Forwarded where asked for, say so. What the
// sender wrote is replaced, or added to where the sender is trusted; with all other fields by which software tells the
// client's address, in any spelling.
void write_forwarded(Fields& fields, const Forwarding& forwarding);

// Removes them all.
void remove_forwarded(Fields& fields);

}  // namespace realpeer::http
