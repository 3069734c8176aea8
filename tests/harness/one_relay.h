// A connection in two halves that a test makes differently: programs that know nothing of it connect to the first.
#pragma once

#include <functional>
#include <thread>

#include "harness/tcp.h"

namespace realpeer::testing {

// Takes one connection, makes one, and carries the bytes between them until either ends.
class OneRelay {
 public:
  OneRelay(const Netns& netns, const Endpoint& at, std::function<Socket()> connect);

  [[nodiscard]] Endpoint at() const { return listener_.at(); }

 private:
  void serve(const std::function<Socket()>& connect);

  Listener listener_;
  std::jthread thread_;
};

}  // namespace realpeer::testing
