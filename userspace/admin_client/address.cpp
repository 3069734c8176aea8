#include "admin_client/address.h"

#include "net/address.h"
#include "terminal/text.h"

namespace realpeer::admin_client {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view http_prefix = "http://";
constexpr std::string_view https_prefix = "https://";
constexpr std::size_t most_socket_path = 107;  // sockaddr_un::sun_path, less the final zero (unix(7))

Error wrong(const std::string& why) { return {terminal::printable(why)}; }

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  const std::string whole = "'" + std::string(text) + "'";
  if (text.starts_with(unix_prefix)) {
    const auto path = text.substr(unix_prefix.size());
    if (path.empty() || path.size() > most_socket_path || path.find('\0') != std::string_view::npos) {
      return wrong(whole + " names no socket: write it as in unix:/run/realpeer/admin.sock, with at most " +
                   std::to_string(most_socket_path) + " bytes of path");
    }
    return Address(Socket{std::string(path)});
  }
  if (text.starts_with(https_prefix)) {
    return wrong(whole + ": admin listeners speak plain HTTP: write http:// or nothing in place of https://");
  }
  if (text.starts_with(http_prefix)) {
    text.remove_prefix(http_prefix.size());
    if (text.ends_with('/')) text.remove_suffix(1);
  }
  const auto split = net::split_host_port(text);
  if (!split) {
    return wrong(split.error() + "; an admin listener is named as in 127.0.0.1:9901 or unix:/run/realpeer/admin.sock");
  }
  return Address(Tcp{std::string(split->host), split->port});
}

std::string Address::to_string() const {
  if (const auto* socket = std::get_if<Socket>(&where_)) {
    return terminal::printable(std::string(unix_prefix) + socket->path);
  }
  const auto& tcp = std::get<Tcp>(where_);
  const bool brackets = tcp.host.find(':') != std::string::npos;
  return terminal::printable((brackets ? "[" + tcp.host + "]" : tcp.host) + ":" + std::to_string(tcp.port));
}

}  // namespace realpeer::admin_client
