// OpenSSH's server, which has never heard of the PROXY protocol. It runs unprivileged: nobody has no password and no
// shell, and it says who tried, or came in by key.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class Sshd {
 public:
  // `more` is the end of its configuration: who may log in from where. By key nobody can if it says UsePAM yes; without
  // PAM the account counts as locked.
  Sshd(const Netns& netns, const Endpoint& at, const std::string& more = {});

  // Whom its log names in "Connection from ADDR port PORT", and in "Failed password for ... from ADDR port PORT": the
  // first of them, waiting for it.
  [[nodiscard]] Endpoint connected_from() const;
  [[nodiscard]] Endpoint failed_password_from() const;
  // The same for "Accepted publickey for ... from ADDR port PORT".
  [[nodiscard]] Endpoint accepted_key_from() const;
  // A private key that the user nobody may log in by.
  [[nodiscard]] std::filesystem::path key() const { return directory_.path() / "user_key"; }
  [[nodiscard]] const Server& server() const { return server_; }

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// What the command-line client says to one attempt to log in, with a password that is wrong.
Finished ssh(const Netns& netns, const Endpoint& to);
// The same by key. Who is let in is told that there is no shell, and 1 is the exit code; who is not, 255.
Finished ssh_by_key(const Netns& netns, const Endpoint& to, const std::filesystem::path& key);

}  // namespace realpeer::testing
