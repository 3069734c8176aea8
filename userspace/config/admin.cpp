#include "config/files.h"
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

Parsed<AdminBind> parse_admin_bind(std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_socket_path(text.substr(unix_prefix.size()));
  const auto bind = net::parse_endpoint(text);
  if (!bind) return Problem{bind.error() + "; a socket on this host is written as in unix:/run/realpeer/admin.sock"};
  return AdminBind(net::unmapped(*bind));
}

Parsed<std::string> parse_token_file(std::string_view text) {
  if (text.empty()) return Problem{"the path is empty: name a file that holds the token"};
  return {boost::system::in_place_value, text};
}

// Whoever reaches it is told all it knows.
void refuse_open_door(Report& report, const Value& where, const Admin& admin) {
  const auto* bind = std::get_if<net::Endpoint>(&admin.bind);
  if (bind == nullptr || bind->address().is_loopback() || !admin.token_file.empty()) return;
  report.error(where.line,
               where.message(quoted(net::to_string(*bind)) +
                             " can be reached by others, and the admin listener would tell them all it knows: write "
                             "127.0.0.1:" +
                             std::to_string(bind->port()) +
                             ", or unix:/PATH for a socket of this user's alone, or ask for a token by token_file"));
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
  auto parsed = read_scalar(report, *bind, parse_admin_bind);
  if (!parsed) return;
  Admin read{.bind = std::move(*parsed), .place = report.place(bind->line)};
  if (const Value* file = map.find("token_file")) {
    read.token_place = report.place(file->line);
    auto path = read_scalar(report, *file, parse_token_file);
    if (!path) return;
    read.token_file = beside(report, *path);
  }
  refuse_open_door(report, *bind, read);
  admin = std::move(read);
}

}  // namespace realpeer::config
