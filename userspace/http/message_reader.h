// Reads one message out of bytes as they come: Boost.Beast's parser, driven from outside. No I/O.
#pragma once

#include <algorithm>
#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <stdexcept>
#include <string_view>

#include "http/fields.h"

namespace realpeer::http {

template <bool is_request>
class MessageReader {
 public:
  using Parser = boost::beast::http::parser<is_request, boost::beast::http::buffer_body>;
  using Message = typename Parser::value_type;

  // `head_limit`: bytes.
  explicit MessageReader(std::uint32_t head_limit) {
    parser_.header_limit(head_limit);
    parser_.body_limit(boost::none);
    parser_.get().body().more = true;
  }

  // Of a response: to HEAD, which has no body whatever its head says.
  void skip_body() { parser_.skip(true); }

  // Takes what it can of the head. Nothing read yet: no error, and not has_head().
  boost::system::error_code read_head(boost::beast::flat_buffer& buffer) {
    boost::system::error_code error;
    while (!parser_.is_header_done() && buffer.size() > 0) {
      put(buffer, error);
      if (error == boost::beast::http::error::need_more) return {};
      if (error) return error;
    }
    return {};
  }
  [[nodiscard]] bool has_head() const { return parser_.is_header_done(); }
  [[nodiscard]] bool has_begun() const { return parser_.got_some(); }

  // Takes the fields of the head away, so that those of a trailer are told from them.
  Fields take_fields() {
    Fields fields = static_cast<Fields&>(parser_.get());
    parser_.get().clear();
    return fields;
  }

  // The next part of the body that the buffer has; valid until the next call. Empty: the buffer has no more, or the
  // body is over (is_done()).
  std::string_view read_body(boost::beast::flat_buffer& buffer, boost::system::error_code& error) {
    // One for all connections of the thread: it is emptied before the next is read.
    static thread_local std::array<char, part_size> part;
    auto& body = parser_.get().body();
    body.data = part.data();
    body.size = part.size();
    parser_.eager(true);
    error = {};
    if (!parser_.is_done() && buffer.size() > 0) {
      put(buffer, error);
      using boost::beast::http::error::need_buffer;
      using boost::beast::http::error::need_more;
      if (error == need_more || error == need_buffer) error = {};
    }
    return {part.data(), part.size() - body.size};
  }
  // The sender has ended. An error where the message is not whole.
  boost::system::error_code end() {
    boost::system::error_code error;
    parser_.put_eof(error);
    return error;
  }
  [[nodiscard]] bool is_done() const { return parser_.is_done(); }

  [[nodiscard]] const Message& message() const { return parser_.get(); }
  [[nodiscard]] const Parser& parser() const { return parser_; }

 private:
  static constexpr std::size_t part_size = std::size_t{64} * 1024;

  void put(boost::beast::flat_buffer& buffer, boost::system::error_code& error) {
    try {
      buffer.consume(parser_.put(buffer.data(), error));
    } catch (const std::length_error&) {
      // Of a field that Beast's container has no room for.
      error = boost::beast::http::error::header_limit;
    }
  }

  Parser parser_;
};

using RequestReader = MessageReader<true>;
using ResponseReader = MessageReader<false>;

}  // namespace realpeer::http
