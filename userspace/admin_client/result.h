// What an admin listener answered, or why there is no answer.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace realpeer::admin_client {

// A sentence for the operator, with the remedy where one is known; printable.
struct Error {
  std::string text;
};

template <typename T>
using Result = boost::system::result<T, Error>;

}  // namespace realpeer::admin_client
