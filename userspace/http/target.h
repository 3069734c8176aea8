// The target of a request (RFC 9112, section 3.2). Pure.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "http/fault.h"

namespace realpeer::http {

struct Target {
  std::string authority;  // whom the request is for: HOST or HOST:PORT; empty: HTTP/1.0 without a Host
  std::string origin;     // path and query, as a backend gets them; "*" for the server as a whole

  // The path alone; of "*" it is "/".
  [[nodiscard]] std::string_view path() const;
};

// `host`: of the Host field, empty if there is none; it must be that of an absolute target, if there is one. Paths that
// receivers do not agree on (is_plain_path()) are a fault, as are methods that ask the gateway itself (CONNECT, TRACE).
boost::system::result<Target, Fault> read_target(std::string_view method, std::string_view target,
                                                 std::string_view host);

}  // namespace realpeer::http
