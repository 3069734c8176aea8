// The addresses of a host name.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <vector>

#include "admin_client/address.h"

namespace realpeer::admin_client {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// asio::error::timed_out at the deadline.
boost::system::result<Endpoints> resolve(const Address::Tcp& named, std::chrono::steady_clock::time_point deadline);

}  // namespace realpeer::admin_client
