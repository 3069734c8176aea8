// Messages of HTTP/1.1 as the tests read them: from the specification, and nothing shared with the product.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/tcp.h"

namespace realpeer::testing {

using HttpFields = std::vector<std::pair<std::string, std::string>>;  // in the order they came

struct HttpMessage {
  std::string head;  // as it came, with its empty line
  HttpFields fields = {};
  std::string body = {};  // without chunks
  HttpFields trailer = {};

  [[nodiscard]] std::string first_line() const { return head.substr(0, head.find("\r\n")); }
  // Of a request, "GET"; of a response, 200.
  [[nodiscard]] std::string method() const { return head.substr(0, head.find(' ')); }
  [[nodiscard]] std::string target() const;
  [[nodiscard]] int status() const;
  [[nodiscard]] bool has(std::string_view name) const;
  // The value, of several fields joined with " & ", so that one is told from two; "" if there is none.
  [[nodiscard]] std::string field(std::string_view name) const;
};

// `count` bytes, or an exception.
using ReadExactly = std::function<std::string(std::size_t count)>;

// Each reads exactly one message, by what frames it; an early end throws, and so does what is no HTTP.
HttpMessage read_head(const ReadExactly& read);
HttpMessage read_request(const ReadExactly& read);
// A body that only the end of the connection ends is the caller's to read. `to_head`: it has none.
HttpMessage read_response(const ReadExactly& read, bool to_head = false);

// Of a Socket, or whatever else has its receive_exactly().
template <typename Stream>
ReadExactly reading(Stream& stream) {
  return [&stream](std::size_t count) { return stream.receive_exactly(count); };
}
inline HttpMessage read_request(Socket& socket) { return read_request(reading(socket)); }
inline HttpMessage read_response(Socket& socket, bool to_head = false) {
  return read_response(reading(socket), to_head);
}

// The chunk that carries these bytes; of none, the last one, without the empty line behind it.
std::string chunk(std::string_view bytes);

// What the next chunk carries; of the last, nothing.
std::string read_chunk(const ReadExactly& read);

}  // namespace realpeer::testing
