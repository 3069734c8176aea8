// Why a request is not answered by a backend.
#pragma once

#include <string>

namespace realpeer::http {

struct Fault {
  unsigned status = 400;  // RFC 9110, section 15
  std::string detail;     // for the log
};

}  // namespace realpeer::http
