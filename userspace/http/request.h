// A request as it was read, ready to be routed and rewritten. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "http/body.h"
#include "http/fault.h"
#include "http/fields.h"
#include "http/message_reader.h"
#include "http/target.h"

namespace realpeer::http {

struct Request {
  std::string method;
  Target target;
  bool http_1_1 = true;
  bool keep_alive = true;  // the client wants to go on
  Framing framing = Framing::none;
  std::string upgrade;  // the protocol to go on with; empty: none
  Fields fields;        // without those for the next hop
};

// Once the reader has the head, which fault_in_head() has passed. Takes the fields out of it.
boost::system::result<Request, Fault> make_request(RequestReader& reader);

// The head for a backend, but for the fields that the gateway adds and the empty line.
std::string head_for_backend(const Request& request);

// A request's trailer, as it may go on: without fields that say how the message is framed, where it goes or whom it is
// from, which a receiver might take for those of the head (RFC 9110, section 6.5.1).
Fields trailer_for_backend(const Fields& trailer);

}  // namespace realpeer::http
