#include "terminal/screen.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "terminal/output.h"

namespace realpeer::terminal {

namespace {

// The other screen, without a cursor, and back (xterm's control sequences; all terminals in use know them).
constexpr std::string_view begin_drawing = "\x1b[?1049h\x1b[?25l\x1b[2J";
constexpr std::string_view end_drawing = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view to_the_top = "\x1b[H";
constexpr std::string_view clear_to_end_of_line = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // somebody made it non-blocking
      pollfd room{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return;  // the terminal is gone, and its SIGHUP on the way
    }
  }
}

}  // namespace

std::unique_ptr<Screen> Screen::find() {
  if (!output_is_drawable()) return nullptr;
  const int keys = ::open("/dev/tty", O_RDONLY | O_CLOEXEC);
  if (keys < 0) return nullptr;
  termios before{};
  if (::tcgetattr(keys, &before) != 0) {
    ::close(keys);
    return nullptr;
  }
  return std::unique_ptr<Screen>(new Screen(keys, before));
}

Screen::~Screen() {
  leave();
  ::close(keys_);
}

void Screen::enter() {
  if (entered_) return;
  termios drawing = before_;
  drawing.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  drawing.c_cc[VMIN] = 1;
  drawing.c_cc[VTIME] = 0;
  drawing.c_cc[VQUIT] = _POSIX_VDISABLE;  // it would end the process as it is
  ::tcsetattr(keys_, TCSADRAIN, &drawing);
  write_all(begin_drawing);
  entered_ = true;
}

void Screen::leave() {
  if (!entered_) return;
  write_all(end_drawing);
  ::tcsetattr(keys_, TCSAFLUSH, &before_);
  entered_ = false;
}

Size Screen::size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {80, 24};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

void Screen::draw(Lines lines, bool coloured) {
  const auto [columns, rows] = size();
  if (lines.size() > rows) lines.resize(rows);
  std::string text(to_the_top);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].cut(columns);
    text += i == 0 ? "" : "\r\n";
    text += lines[i].to_string(coloured);
    // Behind the last column there is nothing to clear, and some terminals would clear that column.
    if (lines[i].columns() < columns) text += clear_to_end_of_line;
  }
  write_all(text.append(clear_below));
}

}  // namespace realpeer::terminal
