#include "config/sections.h"
#include "config/spelling.h"

namespace realpeer::config {

namespace {

constexpr std::string_view unix_prefix = "unix:";
// Bytes of a path: sockaddr_un::sun_path, less the final zero (unix(7)).
constexpr std::size_t socket_path = 107;

Parsed<AdminBind> parse_socket_path(std::string_view path) {
  if (!path.starts_with('/') || path.ends_with('/')) {
    return Problem{quoted(path) + " is no absolute path of a socket: write it as in unix:/run/realpeer/admin.sock"};
  }
  if (path.size() > socket_path) {
    return Problem{quoted(path) + " is too long for the path of a socket: at most " + std::to_string(socket_path) +
                   " bytes"};
  }
  return AdminBind(std::string(path));
}

// Whoever reaches it is told all it knows, without a password.
Parsed<AdminBind> parse_admin_bind(std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_socket_path(text.substr(unix_prefix.size()));
  const auto bind = net::parse_endpoint(text);
  if (!bind) return Problem{bind.error() + "; a socket on this host is written as in unix:/run/realpeer/admin.sock"};
  const net::Endpoint own = net::unmapped(*bind);
  if (own.address().is_loopback()) return AdminBind(own);
  return Problem{quoted(text) + " can be reached by others, and the admin listener asks nobody for a password: write " +
                 "127.0.0.1:" + std::to_string(own.port()) + ", or unix:/PATH for a socket of this user's alone"};
}

}  // namespace

void read_admin(Report& report, const MapReader& root, std::optional<Admin>& admin) {
  const Value* value = root.find("admin");
  if (value == nullptr) return;
  const MapReader map(report, *value, keys::admin, "admin.");
  if (!map.is_map()) return;
  const Value* bind = map.require(
      "bind", "say where the admin listener is, as in bind: 127.0.0.1:9901, or unix:/run/realpeer/admin.sock");
  if (bind == nullptr) return;
  if (auto parsed = read_scalar(report, *bind, parse_admin_bind)) {
    admin = Admin{std::move(*parsed), report.place(bind->line)};
  }
}

}  // namespace realpeer::config
