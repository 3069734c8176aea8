// HOST or HOST:PORT, as in the Host field and in targets (RFC 9112, section 3.2; RFC 3986, section 3.2). Pure.
#pragma once

#include <string_view>

namespace realpeer::http {

// Whether it is a host name, an IPv4 address or an IPv6 address in brackets, with or without a port.
bool is_authority(std::string_view text);

// The host of an authority: without the port, with brackets.
std::string_view host_of(std::string_view authority);

}  // namespace realpeer::http
