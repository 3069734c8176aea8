// Stage "connect": a connection to one of a backend's endpoints.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>

#include "bpf/shared.h"
#include "kernel/clients.h"
#include "session/refusal.h"
#include "upstream/pool.h"

namespace realpeer::session {

struct Connected {
  boost::asio::ip::tcp::socket socket;
  upstream::Lease lease;
};

// Tries one endpoint after another, as the pool chooses, until one takes the connection, none is left or `timeout` is
// over; one that does not answer gets a share of the time only, so that the next is still tried. The client is recorded
// before each SYN leaves, if there is a map for it.
Stage<Connected> connect_backend(boost::asio::any_io_executor executor, upstream::Pool& pool,
                                 std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const realpeer_client& client, const net::Address& believed);

}  // namespace realpeer::session
