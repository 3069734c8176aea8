// OpenSSH's server, which has never heard of the PROXY protocol. It runs unprivileged: nobody can log in, and it says
// who tried.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class Sshd {
 public:
  Sshd(const Netns& netns, const Endpoint& at);

  // Whom its log names in "Connection from ADDR port PORT", and in "Failed password for ... from ADDR port PORT": the
  // first of them, waiting for it.
  [[nodiscard]] Endpoint connected_from() const;
  [[nodiscard]] Endpoint failed_password_from() const;
  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// What the command-line client says to one attempt to log in, with a password that is wrong.
Finished ssh(const Netns& netns, const Endpoint& to);

}  // namespace realpeer::testing
