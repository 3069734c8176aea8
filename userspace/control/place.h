// Where a daemon of this host is spoken to.
#pragma once

#include <string>
#include <vector>

#include "kernel/fd.h"
#include "kernel/result.h"

namespace realpeer::control {

// `--runtime_dir` where it is given, else $RUNTIME_DIRECTORY (systemd.exec(5)), else /run/realpeer.
std::string runtime_directory(const std::string& given);

// DIRECTORY/NODE.sock.
std::string socket_path(const std::string& directory, const std::string& node);

// To the daemon that listens there. The error says who was not reached, and why.
kernel::Result<kernel::UniqueFd> connect(const std::string& path);

// Removes the files of sockets in the directory on which nobody listens any more; their paths.
std::vector<std::string> remove_dead_sockets(const std::string& directory);

// Whether the other side's process is this user's, or root's (unix(7), SO_PEERCRED).
bool may_speak(int socket);

}  // namespace realpeer::control
