// What the parameters of a page ask for.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

#include "admin/page.h"
#include "session/looking.h"

namespace realpeer::admin {

inline constexpr std::size_t most_listed = 1000;

// Of /connections: state, limit, q, listener, id. The error is a sentence.
boost::system::result<session::Looking, std::string> read_looking(const Query& query);

// Of /refusals.
boost::system::result<std::size_t, std::string> read_limit(const Query& query);

}  // namespace realpeer::admin
