// The larger parts of effective().
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>

#include "config/config.h"

namespace realpeer::config {

boost::json::object effective_listener(const Config& config, const Listener& listener);
boost::json::object effective_backend(const Config& config, const Backend& backend);

boost::json::array list_of(std::span<const net::Cidr> cidrs);

}  // namespace realpeer::config
