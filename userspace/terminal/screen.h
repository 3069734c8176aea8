// The whole of a terminal, for as long as something is drawn on it.
#pragma once

#include <termios.h>

#include <memory>

#include "terminal/line.h"

namespace realpeer::terminal {

struct Size {
  std::size_t columns;
  std::size_t rows;
};

// Between enter() and leave() it draws on the terminal's other screen, and keys are read as they come and not shown.
// Everything is as before once it has gone; signals that would end the process are for its user to catch.
class Screen {
 public:
  // Null where this process has no terminal to read keys from, or standard output cannot be drawn on. Nothing is taken
  // yet.
  static std::unique_ptr<Screen> find();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen();

  // Takes the terminal, and lets others have it again.
  void enter();
  void leave();

  [[nodiscard]] static Size size();
  // In place of what was there; what does not fit is cut.
  void draw(Lines lines, bool coloured);
  // To read keys from. Opened anew, so that making it non-blocking concerns nobody else.
  [[nodiscard]] int keys() const { return keys_; }

 private:
  Screen(int keys, const termios& before) : keys_(keys), before_(before) {}

  int keys_;
  termios before_;
  bool entered_ = false;
};

}  // namespace realpeer::terminal
