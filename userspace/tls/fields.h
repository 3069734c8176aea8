// A cursor over the fields of a handshake message: it never leaves its bytes, and knows where in the message they are.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string_view>

#include "tls/client_hello.h"

namespace realpeer::tls {

// "byte 38: " and the text.
Malformed malformed(HelloProblem problem, std::size_t at, std::string_view text);

class Fields {
 public:
  Fields(std::string_view bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }  // of the next byte
  [[nodiscard]] std::string_view rest() const { return bytes_; }

  // A number of `width` bytes, at most 2. `name` is for the error: bad_length when the bytes end before it.
  boost::system::result<std::uint16_t, Malformed> number(std::size_t width, std::string_view name);
  boost::system::result<Fields, Malformed> take(std::size_t length, std::string_view name);
  // A length of `width` bytes and so many bytes.
  boost::system::result<Fields, Malformed> vector(std::size_t width, std::string_view name);

 private:
  std::string_view bytes_;
  std::size_t at_;
};

}  // namespace realpeer::tls
