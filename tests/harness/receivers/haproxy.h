// HAProxy, behind the gateway as a receiver or before it as a sender.
#pragma once

#include <string>

#include "harness/receivers/server.h"

namespace realpeer::testing {

class Haproxy {
 public:
  // `frontend`, `backend` and `listen` sections; every `bind ADDR:PORT` is waited for.
  Haproxy(const Netns& netns, const std::string& sections);

  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

}  // namespace realpeer::testing
