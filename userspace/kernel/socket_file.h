// The file of a listening unix socket: this user's alone, one daemon's at a time, and gone with it.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "kernel/result.h"

namespace realpeer::kernel {

class SocketFile {
 public:
  // Binds `socket` (of unix(7), not connected) to a path in a folder that is there. A socket file that nobody listens
  // on is replaced; one that is listened on, and anything else, is an error.
  static Result<SocketFile> bind(int socket, const std::string& path);
  // The same in the place of one that is listened on, whose owner thereby owns no file any more.
  static Result<SocketFile> replace(int socket, const std::string& path);
  SocketFile(SocketFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}
  SocketFile& operator=(SocketFile&&) = delete;
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile();  // removes it, unless another stands in its place by now

 private:
  static Result<SocketFile> make(int socket, const std::string& path);
  SocketFile(std::string path, dev_t device, ino_t inode) : path_(std::move(path)), device_(device), inode_(inode) {}

  std::string path_;
  dev_t device_;
  ino_t inode_;
};

}  // namespace realpeer::kernel
