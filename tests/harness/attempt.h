// A connection that is asked for, and whatever becomes of it.
#pragma once

#include "harness/tcp.h"

namespace realpeer::testing {

class Attempt {
 public:
  // Sends the SYN and does not wait.
  Attempt(const Netns& netns, const Endpoint& to, const SocketOptions& options = {});

  // Whether there was neither SYN-ACK nor RST so far: the kernel still waits, and sends its SYN again.
  [[nodiscard]] bool unanswered() const;
  [[nodiscard]] Endpoint local() const { return socket_.local(); }

 private:
  Socket socket_;
};

}  // namespace realpeer::testing
