// The path of a request target (RFC 3986, section 3.3). Pure.
#pragma once

#include <string_view>

namespace realpeer::http {

// Whether receivers agree where it leads: characters of a path only, percent signs before two hexadecimal digits, and
// no part that is "." or "..", however it is escaped: whoever resolves those serves another path than the one that was
// routed. Begins with '/'.
bool is_plain_path(std::string_view path);

}  // namespace realpeer::http
