#include "control/place.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/system/result.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace realpeer::control {

std::string runtime_directory(const std::string& given) {
  if (!given.empty()) return given;
  const char* systemd = std::getenv("RUNTIME_DIRECTORY");
  if (systemd == nullptr || *systemd == '\0') return "/run/realpeer";
  // Several are separated by colons: the first is meant.
  const std::string all = systemd;
  return all.substr(0, all.find(':'));
}

std::string socket_path(const std::string& directory, const std::string& node) {
  return directory + "/" + node + ".sock";
}

namespace {

// A socket, or the error of connect(2).
boost::system::result<kernel::UniqueFd> knock(const std::string& path) {
  const auto failed = [](int error) { return boost::system::error_code(error, boost::system::system_category()); };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return failed(ENAMETOOLONG);
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  kernel::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return failed(errno);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return failed(errno);
  return socket;
}

}  // namespace

kernel::Result<kernel::UniqueFd> connect(const std::string& path) {
  auto socket = knock(path);
  if (socket) return std::move(*socket);
  const int error = socket.error().value();
  auto why = kernel::describe("no daemon is reached at " + path, error);
  if (error == ENOENT || error == ECONNREFUSED) why.text += " (is one running? --node and --runtime_dir name another)";
  return why;
}

std::vector<std::string> remove_dead_sockets(const std::string& directory) {
  std::vector<std::string> removed;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    const std::string path = entry.path();
    if (!entry.is_socket(none) || !path.ends_with(".sock")) continue;
    // One of another kind that is listened on is EPROTOTYPE.
    const auto socket = knock(path);
    if (socket || socket.error().value() != ECONNREFUSED) continue;
    if (::unlink(path.c_str()) == 0) removed.push_back(path);
  }
  return removed;
}

bool may_speak(int socket) {
  ucred peer{};
  socklen_t length = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace realpeer::control
