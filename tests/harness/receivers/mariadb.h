// MariaDB, which speaks first: it greets before it has read a PROXY protocol header.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class MariaDb {
 public:
  // Accepts headers from `gateway`. `accounts` is SQL that runs before it listens.
  MariaDb(const Netns& netns, const Endpoint& at, const std::string& gateway, const std::string& accounts);

  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// What the command-line client says to one statement, as `user` with the password "secret": rows with tabs.
Finished mariadb(const Netns& netns, const Endpoint& to, const std::string& user, const std::string& statement);

}  // namespace realpeer::testing
