// A request as it was read, ready to be routed and rewritten. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
  std::optional<std::uint64_t> length{};  // of the body, where it was told
  std::string upgrade;                    // the protocol to go on with; empty: none
  Fields fields;                          // without those for the next hop
};

// Once the reader has the head, which fault_in_head() has passed. Takes the fields out of it.
boost::system::result<Request, Fault> make_request(RequestReader& reader);

// The head for a backend, but for the fields that the gateway adds and the empty line. `host`: for a request of
// HTTP/1.0 that names none.
std::string head_for_backend(const Request& request, std::string_view host);

// A request's trailer, as it may go on.
Fields trailer_for_backend(const Fields& trailer);

}  // namespace realpeer::http
