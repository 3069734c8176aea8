// Programs as anybody writes them, in the languages of the distribution: no realpeer, no PROXY protocol.
#pragma once

#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

// `python3 -m http.server`, which asks accept() for its client and writes a line for each request.
class PythonServer {
 public:
  PythonServer(const Netns& netns, const Endpoint& at);

  // The address that the first of its lines begins with, waiting for it.
  [[nodiscard]] std::string served() const;

 private:
  TemporaryDirectory directory_;
  Server server_;
};

// Node, whose sockets ask getpeername(): it answers each connection with remoteAddress and remotePort, "ADDR PORT", and
// ends it.
class NodeServer {
 public:
  NodeServer(const Netns& netns, const Endpoint& at);

 private:
  Server server_;
};

}  // namespace realpeer::testing
