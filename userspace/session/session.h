// One connection, from accept to the moment its bytes are the data path's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "config/config.h"
#include "session/generation.h"
#include "session/worker_state.h"

namespace realpeer::session {

struct Accepted {
  boost::asio::ip::tcp::socket socket;
  net::Endpoint peer;
  std::shared_ptr<Generation> generation;
  std::size_t index;  // of the listener in it

  [[nodiscard]] const config::Listener& listener() const { return generation->config.listeners[index]; }
  [[nodiscard]] ListenerState& state() const { return *generation->listeners[index]; }
};

// Where the listener routes requests, they are served to the end of the connection instead. The whole story: identify,
// limit, route, connect, present, record, splice; the account is written when the data path is done.
boost::asio::awaitable<void> serve(WorkerState& worker, Accepted accepted);

}  // namespace realpeer::session
