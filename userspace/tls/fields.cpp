#include "tls/fields.h"

#include "net/bytes.h"

namespace realpeer::tls {

Malformed malformed(HelloProblem problem, std::size_t at, std::string_view text) {
  return {problem, "byte " + std::to_string(at) + ": " + std::string(text)};
}

boost::system::result<Fields, Malformed> Fields::take(std::size_t length, std::string_view name) {
  if (length > left()) {
    return malformed(HelloProblem::bad_length, at_,
                     std::string(name) + " has " + std::to_string(length) + " bytes, " + std::to_string(left()) +
                         " are left for it");
  }
  const Fields taken(bytes_.substr(0, length), at_);
  bytes_.remove_prefix(length);
  at_ += length;
  return taken;
}

boost::system::result<std::uint16_t, Malformed> Fields::number(std::size_t width, std::string_view name) {
  const auto taken = take(width, name);
  if (!taken) return taken.error();
  return width == 1 ? u8_at(taken->bytes_, 0) : u16_at(taken->bytes_, 0);
}

boost::system::result<Fields, Malformed> Fields::vector(std::size_t width, std::string_view name) {
  if (width > left()) {
    return malformed(HelloProblem::bad_length, at_, "the bytes end within the length of " + std::string(name));
  }
  const std::size_t length = width == 1 ? u8_at(bytes_, 0) : u16_at(bytes_, 0);
  bytes_.remove_prefix(width);
  at_ += width;
  return take(length, name);
}

}  // namespace realpeer::tls
