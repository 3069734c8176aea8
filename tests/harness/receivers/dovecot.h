// Dovecot, IMAP only. Every user exists, with the password "secret".
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class Dovecot {
 public:
  // Takes connections from `gateway` with a header, and no others.
  Dovecot(const Netns& netns, const Endpoint& at, const std::string& gateway);

  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

}  // namespace realpeer::testing
