// What a health check asks for over HTTP/1.1 and makes of the answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "config/config.h"

namespace realpeer::upstream {

// The request for health.path.
std::string check_request(const config::Health& health, const config::EndpointSpec& endpoint);

// Of a check.
struct CheckAnswer {
  boost::system::error_code error;  // of the connection, with no answer
  std::string wrong;                // with the answer, in words; empty: it is good
};

// Reads the head of the answer within the stream's time: good if it is of 8 KiB at most and says 2xx or 3xx. What
// follows is left unread.
boost::asio::awaitable<CheckAnswer> read_answer(boost::beast::tcp_stream& stream, const config::Health& health);

}  // namespace realpeer::upstream
