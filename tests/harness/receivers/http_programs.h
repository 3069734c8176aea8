// Web servers as anybody writes them, in Node and in Python: each answers a request with what it knows of it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "harness/receivers/server.h"
#include "harness/tcp.h"

namespace realpeer::testing {

// Node's `http`. The response is JSON: `method`, `url`, `headers` (names in lower case), `trailers`, `body` (its
// length), and `connection`, the number of the connection. A request to upgrade is taken whatever the protocol, and
// what follows is sent back.
class NodeHttp {
 public:
  NodeHttp(const Netns& netns, const Endpoint& at);

 private:
  Server server_;
};

// Python's `http.server`, with the same response but for `trailers`, which it does not know; and `peer`, the client's
// address as its socket has it.
class PythonHttp {
 public:
  PythonHttp(const Netns& netns, const Endpoint& at);

 private:
  Server server_;
};

}  // namespace realpeer::testing
