#include "control/place.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

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

kernel::Result<kernel::UniqueFd> connect(const std::string& path) {
  const auto failed = [&path](int error) {
    auto why = kernel::describe("no daemon is reached at " + path, error);
    if (error == ENOENT || error == ECONNREFUSED)
      why.text += " (is one running? --node and --runtime_dir name another)";
    return why;
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return failed(ENAMETOOLONG);
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  kernel::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return failed(errno);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return failed(errno);
  return socket;
}

bool may_speak(int socket) {
  ucred peer{};
  socklen_t length = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace realpeer::control
