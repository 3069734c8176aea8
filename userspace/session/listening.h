// Sockets that listen, one or more for each address.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
#include <vector>

#include "config/config.h"
#include "kernel/fd.h"
#include "kernel/result.h"
#include "net/address.h"

namespace realpeer::session {

using Sockets = std::map<net::Endpoint, std::vector<kernel::UniqueFd>>;

// One that another process is to listen on as well.
struct OfferedSocket {
  net::Endpoint bind;
  int descriptor = -1;
};

// One socket for each worker at the address of each listener, the kernel spreads connections over them (SO_REUSEPORT);
// none where `known` has the address. Sockets `at_hand` are taken first: others may have connected to them. One of
// them that shares its address with no other socket is shared by all workers. Those that no listener needs are left
// there. The error names the listener, its place in the configuration and the cause; then nothing was taken.
kernel::Result<Sockets> listen(const std::vector<config::Listener>& listeners, std::uint32_t workers,
                               const std::vector<net::Endpoint>& known, Sockets& at_hand);

}  // namespace realpeer::session
