// Stage "connect": a connection to one of a backend's endpoints.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <optional>

#include "bpf/shared.h"
#include "kernel/clients.h"
#include "session/refusal.h"
#include "upstream/pool.h"

namespace realpeer::session {

struct Connected {
  boost::asio::ip::tcp::socket socket;
  upstream::Lease lease;
  bool used_before = false;  // it has carried requests of other connections
};

// Ours of the connection to a backend; nothing where the backend has gone.
std::optional<net::Endpoint> own_address(const boost::asio::ip::tcp::socket& backend);

// Whom a connection is for.
struct ForClient {
  boost::asio::ip::tcp::socket& socket;  // nobody else waits on it meanwhile
  const net::Endpoint& believed;
  const realpeer_client& recorded;
  // A connection to the endpoint that is there already and may be used; empty: none ever.
  std::function<std::optional<boost::asio::ip::tcp::socket>(const upstream::Endpoint&)> at_hand{};
};

// Tries one endpoint after another, as the pool chooses, until one takes the connection, none is left, five have failed
// or `timeout` is over; one that does not answer gets a share of the time only, so that the next is still tried. The
// client is recorded before each SYN leaves, if there is a map for it. A client that is reset meanwhile ends it.
// With `identity: transparent` it is made from the client's own address, and port where that is free.
// The lease has not been told of success: the header is still to be taken.
Stage<Connected> connect_backend(upstream::Pool& pool, std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const ForClient& client);

}  // namespace realpeer::session
