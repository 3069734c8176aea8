#include "admin_client/client.h"

#include <boost/algorithm/string/trim.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/json/parse.hpp>

#include "admin_client/connection.h"
#include "terminal/text.h"

namespace realpeer::admin_client {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using boost::system::error_code;

Error no_answer(const Address& address, const error_code& error) {
  const std::string name = address.to_string();
  if (error == beast::error::timeout) return {name + " does not answer in time: it is stopped, or overloaded"};
  if (error == http::error::body_limit) {
    return {name + " answers with more than " + std::to_string(limits::body >> 20) + " MiB: ask for less"};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return {name + " ends the connection without an answer: it has its fill of them, or is no admin listener"};
  }
  if (error.category() == error_code(http::error::bad_version).category())
    return {name + " does not speak HTTP: " + error.message()};
  return {name + " does not answer: " + error.message()};
}

// What a listener says of an error, on one line.
std::string message(const Response& response) {
  const std::string text = boost::trim_copy(response.body());
  const std::string shown = terminal::printable(std::string_view(text).substr(0, limits::message));
  return shown.empty() ? "no word why" : shown;
}

Error refused(const Address& address, const Response& response, bool with_token) {
  const std::string name = address.to_string();
  if (response.result() == http::status::unauthorized) {
    return with_token ? Error{name + " does not take this token: it must be the one of its admin.token_file"}
                      : Error{name + " asks for its token: name the file that holds it with --token_file FILE"};
  }
  return {name + " answers " + std::to_string(response.result_int()) + ": " + message(response)};
}

Result<json::object> read_document(const Address& address, const Response& response, bool with_token) {
  if (response.result() != http::status::ok) return refused(address, response, with_token);
  error_code error;
  auto value = json::parse(response.body(), error);
  auto* document = error ? nullptr : value.if_object();
  const auto* node = document == nullptr ? nullptr : document->if_contains("node");
  if (node == nullptr || !node->is_string()) {
    return Error{address.to_string() + " answers, but not as the admin listener of a realpeer: is this its address?"};
  }
  return std::move(*document);
}

}  // namespace

Client::Client(Address address, std::string token, std::chrono::milliseconds patience)
    : address_(std::move(address)), token_(std::move(token)), patience_(patience) {}
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;
Client::~Client() = default;

Result<json::object> Client::get(const std::string& target) {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  auto connection = std::move(connection_);
  boost::system::result<Response> response = error_code(http::error::end_of_stream);
  if (connection) response = connection->ask(target, token_, deadline);
  // A connection that was kept may have been closed meanwhile: that says nothing yet.
  if (!response && response.error() != beast::error::timeout && response.error() != http::error::body_limit) {
    auto opened = Connection::open(address_, deadline);
    if (!opened) return opened.error();
    connection = std::move(*opened);
    response = connection->ask(target, token_, deadline);
  }
  if (!response) return no_answer(address_, response.error());
  if (response->keep_alive()) connection_ = std::move(connection);
  return read_document(address_, *response, !token_.empty());
}

}  // namespace realpeer::admin_client
