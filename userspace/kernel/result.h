// Outcome of an operation on the host: a value, or what failed and why in words for the operator.
#pragma once

#include <boost/system/result.hpp>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace realpeer::kernel {

// What failed, why, and the remedy where one is known.
class Error {
 public:
  Error() = default;
  // By name, since a Result<std::string> could not tell a text that is its value from one that is its error.
  static Error because(std::string why) { return Error(std::move(why)); }

  // For what belongs to another daemon: going on without it would be wrong, whatever else is granted.
  static Error taken(std::string why) {
    Error error(std::move(why));
    error.by_another = true;
    return error;
  }

  std::string text;
  bool by_another = false;

 private:
  explicit Error(std::string why) : text(std::move(why)) {}
};

template <typename T>
using Result = boost::system::result<T, Error>;

// "WHAT: Permission denied".
inline Error describe(std::string_view what, int error) {
  std::string text(what);
  text += ": ";
  text += std::strerror(error);  // NOLINT(concurrency-mt-unsafe): glibc's is thread-safe for known errors
  return Error::because(std::move(text));
}

}  // namespace realpeer::kernel
