#include "upstream/http_check.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

namespace realpeer::upstream {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t longest_head = 8 * 1024;  // bytes
constexpr int most_interim = 8;                   // answers 1xx before the final one (RFC 9110, section 15.2)

using Parser = http::response_parser<http::empty_body>;

// The endpoint as a Host field has it: without the zone, which means nothing to others (RFC 6874, section 1).
std::string host_of(const config::EndpointSpec& endpoint) {
  config::EndpointSpec shown = endpoint;
  shown.host = shown.host.substr(0, shown.host.find('%'));
  return shown.to_string();
}

bool is_http_error(const boost::system::error_code& error) {
  return error.category() == http::make_error_code(http::error::end_of_stream).category();
}

bool is_too_long(const boost::system::error_code& error) {
  return error == http::error::header_limit || error == http::error::buffer_overflow;
}

// Errors of the connection are told apart from answers that are none.
CheckAnswer answer_of(const boost::system::error_code& error, const std::string& request) {
  if (!is_http_error(error)) return {error, {}};
  if (error == http::error::end_of_stream) return {{}, "closed without an answer to " + request};
  if (error == http::error::partial_message) return {{}, "closed in the middle of its answer to " + request};
  if (is_too_long(error)) return {{}, "answered " + request + " with a header of more than 8 KiB"};
  return {{}, "answered no HTTP to " + request + ": " + error.message()};
}

CheckAnswer answer_of(unsigned status, const std::string& request) {
  if (status >= 200 && status < 400) return {};
  return {{}, "answered " + std::to_string(status) + " to " + request};
}

}  // namespace

std::string check_request(const config::Health& health, const config::EndpointSpec& endpoint) {
  return "GET " + health.path + " HTTP/1.1\r\nHost: " + (health.host.empty() ? host_of(endpoint) : health.host) +
         "\r\nUser-Agent: realpeer\r\nConnection: close\r\n\r\n";
}

asio::awaitable<CheckAnswer> read_answer(beast::tcp_stream& stream, const config::Health& health) {
  const std::string request = "GET " + health.path;
  beast::flat_buffer buffer(longest_head);
  unsigned status = 0;
  for (int interim = 0; interim <= most_interim; ++interim) {
    Parser parser;
    parser.header_limit(longest_head);
    parser.body_limit(boost::none);  // it is not read, however long it is said to be
    const auto [error, size] =
        co_await http::async_read_header(stream, buffer, parser, asio::as_tuple(asio::use_awaitable));
    if (error) co_return answer_of(error, request);
    status = parser.get().result_int();
    if (status / 100 != 1) break;
  }
  co_return answer_of(status, request);
}

}  // namespace realpeer::upstream
