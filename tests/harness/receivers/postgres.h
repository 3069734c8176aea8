// PostgreSQL, which decides by the client's address who may log in.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class Postgres {
 public:
  // `access` is its pg_hba.conf. The one user is postgres.
  Postgres(const Netns& netns, const Endpoint& at, const std::string& access);
  // Asked to stop, unlike the others: shared memory of System V outlives a process that is killed.
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// What the command-line client says to one statement: rows, with | between columns.
Finished psql(const Netns& netns, const Endpoint& to, const std::string& statement);

// A statement that answers ADDR|PORT of the client that asks it.
inline constexpr const char* kWhoAsksPostgres =
    "SELECT host(client_addr), client_port FROM pg_stat_activity WHERE pid = pg_backend_pid()";

}  // namespace realpeer::testing
