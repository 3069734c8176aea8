// Who is answered.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "admin/page.h"
#include "config/load.h"

namespace realpeer::admin {

struct Access {
  bool by_socket = false;  // of a unix socket: the file's mode says who
  std::string token{};     // empty: none is asked for
};

// The token that a file holds. The error begins with its path.
boost::system::result<std::string, std::string> read_token(const std::string& path);

// With the token read from its file.
boost::system::result<Access, config::Diagnostic> access_to(const config::Admin& admin);

// Of a request; empty: not there.
struct Credentials {
  std::string_view host{};
  std::string_view authorization{};
};

// What to answer instead of `page`; nothing: the page. Without a token a request must name this listener by an address
// or as localhost: a name would be one that a stranger's web page has made to mean this host (DNS rebinding).
std::optional<Page> refuse(const Access& access, const PageMaker& page, const Credentials& credentials);

}  // namespace realpeer::admin
