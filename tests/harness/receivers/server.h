// A server of the distribution's, unmodified: started in a namespace under a test's configuration, ended with its
// owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/process.h"

namespace realpeer::testing {

// nobody and nogroup: every server here runs without privileges, as it would at home.
inline constexpr uid_t kNobody = 65534;

struct ServerStart {
  std::vector<std::string> command;  // must stay in the foreground
  const Netns& netns;
  std::vector<std::uint16_t> ports;  // it is ready when something listens on each
  std::filesystem::path log = {};    // its messages, when they do not go to standard error
};

class Server {
 public:
  // Returns when it is ready; throws with its messages when it ends or is not ready within 20 s.
  explicit Server(const ServerStart& start);
  // Killed, with all it started: what it would tidy up on its way out is thrown away with its directory.
  ~Server();  // prints its messages when the test has failed
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const Process& process() const { return process_; }
  [[nodiscard]] std::string messages() const;
  // The first line of its messages that has `part`, as soon as it is written; throws with all of them if none comes.
  [[nodiscard]] std::string wait_for_message(const std::string& part, Duration bound = Duration{5'000}) const;

 private:
  std::string name_;
  std::filesystem::path log_;
  Process process_;
};

}  // namespace realpeer::testing
