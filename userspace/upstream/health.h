// Active health checks of one backend's endpoints.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "upstream/pool.h"

namespace realpeer::upstream {

// Checks every endpoint of the pool each health.interval, until the context ends. A check is a TCP connection, a header
// that names nobody where health.send_local says so, and a request that must be answered well where there is a
// health.path: all of it within health.timeout (or the interval, if that is shorter).
boost::asio::awaitable<void> keep_checking(Pool& pool);

}  // namespace realpeer::upstream
