// A backend that answers requests as it is told, and keeps each as it came.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/http_message.h"
#include "harness/tcp.h"

namespace realpeer::testing {

class HttpBackend {
 public:
  struct Seen {
    unsigned connection = 0;  // the first is 1
    HttpMessage request;
  };
  // The bytes of the response; "": the connection ends without one.
  using Answer = std::function<std::string(const HttpMessage& request)>;

  // `header`: each connection begins with a header of version 2. A response with `Connection: close` ends its
  // connection.
  HttpBackend(const Netns& netns, const Endpoint& at, Answer answer = ok, bool header = false);
  HttpBackend(const HttpBackend&) = delete;
  HttpBackend& operator=(const HttpBackend&) = delete;
  ~HttpBackend();

  // 200, with "METHOD TARGET" as its body.
  static std::string ok(const HttpMessage& request);

  [[nodiscard]] unsigned connections() const { return connections_; }
  [[nodiscard]] std::size_t open_connections();
  [[nodiscard]] std::vector<Seen> seen();
  // Throws if none came.
  [[nodiscard]] HttpMessage last() { return seen().at(seen().size() - 1).request; }
  // Bytes, of whole requests or not: whether anything at all has come.
  [[nodiscard]] bool untouched() { return seen().empty() && started_ == 0; }
  // Of the headers, in the order of the connections.
  [[nodiscard]] std::vector<std::string> clients();

 private:
  struct Connection {
    explicit Connection(Socket accepted) : socket(std::move(accepted)) {}
    Socket socket;
    std::atomic<bool> ended = false;
    std::jthread thread;
  };

  void accept_all();
  void serve(Connection& connection, unsigned number);
  void serve_requests(Socket& socket, unsigned number);

  Answer answer_;
  bool header_;
  Listener listener_;
  std::atomic<bool> stop_ = false;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> started_ = 0;  // connections on which a byte came
  std::mutex mutex_;
  std::list<Connection> accepted_;
  std::vector<Seen> seen_;
  std::vector<std::string> clients_;
  std::jthread acceptor_;
};

}  // namespace realpeer::testing
