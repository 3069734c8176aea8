#include "terminal/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace realpeer::terminal {

namespace {

constexpr std::size_t without_terminal = 100;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets any
  return value == nullptr ? "" : value;
}

}  // namespace

bool output_is_drawable() {
  const auto kind = environment("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && !kind.empty() && kind != "dumb";
}

bool output_takes_colours() { return output_is_drawable() && environment("NO_COLOR").empty(); }

std::size_t output_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return without_terminal;
  return size.ws_col;
}

}  // namespace realpeer::terminal
