// What the connections of one worker share.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <unordered_set>

#include "datapath/pump.h"
#include "session/http/idle_connections.h"
#include "session/tracked.h"

namespace realpeer::session {

struct Generation;

struct WorkerState {
  datapath::Pump& pump;
  IdleConnections idle;
  Live& live;
  std::shared_ptr<Generation> generation{};  // of the connections that begin now
  // Clients' connections between two requests: they end when the daemon drains.
  std::unordered_set<boost::asio::ip::tcp::socket*> between_requests{};
  bool draining = false;

  // Whoever has a request is answered; after that, and for all others, there is no next one.
  void drain() {
    draining = true;
    boost::system::error_code ignored;
    for (auto* socket : between_requests) socket->cancel(ignored);
  }
};

}  // namespace realpeer::session
