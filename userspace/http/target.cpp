#include "http/target.h"

#include <algorithm>

#include "http/authority.h"
#include "http/characters.h"
#include "http/path.h"

namespace realpeer::http {
namespace {

Fault bad(std::string detail) { return {.status = 400, .detail = std::move(detail)}; }

// Takes "http://" or "https://" off.
bool take_scheme(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() >= scheme.size() && iequals(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view Target::path() const {
  if (origin == "*") return "/";
  return std::string_view(origin).substr(0, origin.find('?'));
}

boost::system::result<Target, Fault> read_target(std::string_view method, std::string_view target,
                                                 std::string_view host) {
  if (method == "CONNECT" || method == "TRACE") {
    return Fault{.status = 405, .detail = "the method " + std::string(method) + " is for no backend"};
  }
  if (target == "*") {
    if (method != "OPTIONS") return bad("the target * is for OPTIONS only");
    return Target{std::string(host), "*"};
  }
  Target read{std::string(host), {}};
  if (take_scheme(target)) {
    const auto authority = target.substr(0, target.find_first_of("/?"));
    if (!is_authority(authority)) return bad("the target's host is neither a name nor an address");
    if (!host.empty() && !iequals(host, authority)) return bad("the target names another host than Host");
    target.remove_prefix(authority.size());
    read.authority = authority;
    if (!target.starts_with('/')) read.origin = "/";
  }
  read.origin += target;
  if (!is_plain_path(read.path())) return bad("the path has parts '.' or '..', or characters that no path has");
  const auto query = std::string_view(read.origin).substr(read.path().size());
  if (!std::ranges::all_of(query, is_query_character)) return bad("the query has characters that no query has");
  return read;
}

}  // namespace realpeer::http
