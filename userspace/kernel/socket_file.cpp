#include "kernel/socket_file.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace realpeer::kernel {

namespace {

constexpr mode_t owner_only = 0600;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// Zero when somebody listens there, else the error of connect().
int knock(const std::string& path, int type) {
  // Not blocking: a daemon that lives may be slow to accept.
  const int socket = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return errno;
  const sockaddr_un address = address_of(path);
  const int failed = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  ::close(socket);
  return failed == EAGAIN ? 0 : failed;
}

// Makes the path free; the error, or nothing.
std::optional<Error> clear(int socket, const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return std::nullopt;  // bind() will tell anything but its absence
  if (!S_ISSOCK(there.st_mode)) return Error::because("a file that is no socket is there: remove it");
  int type = SOCK_STREAM;
  socklen_t length = sizeof(type);
  ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length);
  const int failed = knock(path, type);
  if (failed == 0) return Error::taken("another daemon listens there: stop it, or name another path");
  if (failed != ECONNREFUSED) return describe("a socket is there, and cannot be looked at", failed);
  if (::unlink(path.c_str()) != 0) return describe("what a daemon left there cannot be removed", errno);
  return std::nullopt;
}

}  // namespace

Result<SocketFile> SocketFile::bind(int socket, const std::string& path) {
  if (auto bad = clear(socket, path)) return std::move(*bad);
  return make(socket, path);
}

Result<SocketFile> SocketFile::replace(int socket, const std::string& path) {
  const std::string next = path + ".next";
  ::unlink(next.c_str());
  auto file = make(socket, next);
  if (!file) return file.error();
  if (::rename(next.c_str(), path.c_str()) != 0) return describe("it cannot take the other one's place", errno);
  file->path_ = path;
  return file;
}

Result<SocketFile> SocketFile::make(int socket, const std::string& path) {
  // The file takes the socket's mode (net/unix/af_unix.c, unix_bind_bsd()), so that it is never there for others.
  if (::fchmod(socket, owner_only) != 0) return describe("the socket's mode cannot be set", errno);
  const sockaddr_un address = address_of(path);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int failed = errno;
    if (failed == ENOENT) return Error::because("its folder is not there: make it, or name another path");
    return describe("it cannot be made", failed);
  }
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0) return describe("it is gone at once", errno);
  return SocketFile(path, made.st_dev, made.st_ino);
}

SocketFile::~SocketFile() {
  if (path_.empty()) return;
  struct stat there {};
  if (::lstat(path_.c_str(), &there) != 0) return;
  if (there.st_dev == device_ && there.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace realpeer::kernel
