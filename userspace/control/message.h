// What commands, and daemons that take over from each other, say on the control socket: a packet of unix(7) is one JSON
// object, with file descriptors where they are spoken of.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <vector>

#include "kernel/fd.h"
#include "kernel/result.h"

namespace realpeer::control {

struct Message {
  boost::json::object body{};
  std::vector<kernel::UniqueFd> descriptors{};
};

inline constexpr std::size_t most_bytes = 64 * 1024;
inline constexpr std::size_t most_descriptors = 250;  // SCM_MAX_FD of net/core/scm.c, less a few

// Takes what fits the socket at once: the other side is expected to read. Longer bodies than most_bytes are an error.
kernel::Result<void> send(int socket, const boost::json::object& body, const std::vector<int>& descriptors = {});

// Waits for it. The other side's end is an error, as silence is.
kernel::Result<Message> receive(int socket, std::chrono::milliseconds patience);

}  // namespace realpeer::control
