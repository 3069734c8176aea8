// Redis.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class Redis {
 public:
  Redis(const Netns& netns, const Endpoint& at);

  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// Its answer to CLIENT LIST on a connection: a line for each client, "id=3 addr=ADDR:PORT laddr=... ...".
std::string redis_clients(Socket& connection);

}  // namespace realpeer::testing
