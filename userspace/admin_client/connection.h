// One connection to an admin listener: the bytes, and what can become of them.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "admin_client/client.h"

namespace realpeer::admin_client {

using Deadline = std::chrono::steady_clock::time_point;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

class Client::Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Address& address, Deadline deadline);

  // Error codes are of Asio and Beast; beast::error::timeout at the deadline.
  boost::system::result<Response> ask(const std::string& target, const std::string& token, Deadline deadline);

 private:
  // TCP and unix sockets alike.
  using Protocol = boost::asio::generic::stream_protocol;

  boost::system::error_code connect(const Protocol::endpoint& endpoint, Deadline deadline);
  // Starts an operation with a handler for its error, and runs it to its end.
  template <typename Start>
  boost::system::error_code complete(Start start);

  boost::asio::io_context context_{1};
  boost::beast::basic_stream<Protocol> stream_{context_};
  boost::beast::flat_buffer buffer_;
  std::string host_;  // as it is named in requests
};

}  // namespace realpeer::admin_client
