// Stage "connect": a connection to one of a backend's endpoints.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "bpf/shared.h"
#include "config/config.h"
#include "kernel/clients.h"
#include "session/refusal.h"

namespace realpeer::session {

// A backend and whose turn it is. Shared by all workers.
struct BackendState {
  explicit BackendState(const config::Backend& configured) : config(&configured) {}

  const config::Backend* config;
  std::atomic<std::uint32_t> turn{0};
};

struct Connected {
  boost::asio::ip::tcp::socket socket;
  std::string endpoint;  // as configured
};

// Tries the endpoints in turn until one takes the connection or `timeout` is over; one that does not answer gets its
// share of the time only, so that the next is still tried. The client is recorded before each SYN leaves, if there
// is a map for it.
Stage<Connected> connect_backend(boost::asio::any_io_executor executor, BackendState& backend,
                                 std::chrono::milliseconds timeout, kernel::ClientMap* clients,
                                 const realpeer_client& client);

}  // namespace realpeer::session
