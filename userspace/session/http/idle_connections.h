// Connections to backends that wait for their next request, of one worker.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

#include "upstream/pool.h"

namespace realpeer::session {

// Whether nothing has come since the last response. Whatever does, an end or bytes, makes a connection useless: nobody
// asked for it.
bool is_quiet(boost::asio::ip::tcp::socket& socket);

class IdleConnections {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Clock = std::chrono::steady_clock;

  explicit IdleConnections(boost::asio::io_context& context) : sweep_(context) {}

  // The one used last, if the backend has not ended it and sent nothing on it. `at_most`: how long it may have waited.
  std::optional<Socket> take(const upstream::Endpoint& endpoint, Clock::duration at_most);
  // Keeps it for so long; of very many the newest.
  void keep(std::shared_ptr<const upstream::Endpoint> endpoint, Socket socket, Clock::duration time);

 private:
  struct Idle {
    Socket socket;
    Clock::time_point since;
    Clock::time_point until;
  };
  struct OfEndpoint {
    std::shared_ptr<const upstream::Endpoint> endpoint;
    std::deque<Idle> idle;  // the oldest first
  };

  void sweep();

  std::unordered_map<const upstream::Endpoint*, OfEndpoint> endpoints_;
  boost::asio::steady_timer sweep_;
  bool sweeping_ = false;
};

}  // namespace realpeer::session
