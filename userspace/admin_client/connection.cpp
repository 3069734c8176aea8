#include "admin_client/connection.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/http.hpp>

#include "admin_client/resolve.h"
#include "net/address.h"

namespace realpeer::admin_client {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

Error cannot_resolve(const Address& address, const error_code& error) {
  return {"the name in " + address.to_string() + " cannot be resolved: " + error.message()};
}

Error cannot_connect(const Address& address, const error_code& error) {
  const std::string name = address.to_string();
  if (error == beast::error::timeout) return {name + " does not answer: its host is away, or drops what comes"};
  if (error == asio::error::connection_refused || error == error_code(ENOENT, boost::system::system_category())) {
    return {"nobody listens on " + name + ": is the daemon running, and does `admin` in its configuration name this?"};
  }
  if (error == asio::error::access_denied) {
    return {name + " may not be opened by this user: ask as the user that the daemon runs as, or as root"};
  }
  return {name + " cannot be reached: " + error.message()};
}

}  // namespace

template <typename Start>
error_code Client::Connection::complete(Start start) {
  error_code outcome;
  start([&outcome](const error_code& error, auto&&...) { outcome = error; });
  context_.restart();
  context_.run();
  return outcome;
}

error_code Client::Connection::connect(const Protocol::endpoint& endpoint, Deadline deadline) {
  stream_.close();
  stream_.expires_at(deadline);
  return complete([&](auto done) { stream_.async_connect(endpoint, std::move(done)); });
}

Result<std::unique_ptr<Client::Connection>> Client::Connection::open(const Address& address, Deadline deadline) {
  auto connection = std::make_unique<Connection>();
  if (const auto* socket = std::get_if<Address::Socket>(&address.where())) {
    connection->host_ = "localhost";
    const auto error = connection->connect(asio::local::stream_protocol::endpoint(socket->path), deadline);
    if (error) return cannot_connect(address, error);
    return connection;
  }
  const auto endpoints = resolve(std::get<Address::Tcp>(address.where()), deadline);
  if (!endpoints) return cannot_resolve(address, endpoints.error());
  error_code error = asio::error::host_not_found;
  for (const auto& endpoint : *endpoints) {
    // By address: without a token a listener answers to no name but localhost.
    connection->host_ = net::to_string(endpoint);
    error = connection->connect(endpoint, deadline);
    if (!error) return connection;
  }
  return cannot_connect(address, error);
}

boost::system::result<Response> Client::Connection::ask(const std::string& target, const std::string& token,
                                                        Deadline deadline) {
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, host_);
  request.set(http::field::accept, "application/json");
  if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
  stream_.expires_at(deadline);
  if (const auto unsent = complete([&](auto done) { http::async_write(stream_, request, std::move(done)); })) {
    return unsent;
  }
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits::body);
  const auto unread = complete([&](auto done) { http::async_read(stream_, buffer_, parser, std::move(done)); });
  if (unread) return unread;
  return parser.release();
}

}  // namespace realpeer::admin_client
