// A backend that can be killed: it reads the header of each connection and then sends back what it gets.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "harness/proxy_v2.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class EchoServer {
 public:
  EchoServer(const Netns& netns, const Endpoint& at);
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer() { kill(); }

  // As when its process dies: it listens no more, and every connection ends. Once is enough.
  void kill();
  // Of those so far.
  [[nodiscard]] unsigned connections() const { return connections_; }
  // Headers that named nobody.
  [[nodiscard]] unsigned checks() const { return checks_; }

 private:
  struct Connection {
    explicit Connection(Socket accepted) : socket(std::move(accepted)) {}
    Socket socket;
    std::jthread thread;
  };

  void accept_all();
  void serve(Socket& socket);

  Listener listener_;
  std::atomic<bool> killed_ = false;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> checks_ = 0;
  std::mutex mutex_;
  std::list<Connection> open_;
  std::jthread acceptor_;
};

}  // namespace realpeer::testing
