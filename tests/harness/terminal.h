// A program on a terminal of its own, as a person sits before it.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "harness/process.h"
#include "harness/wait.h"

namespace realpeer::testing {

class Terminal {
 public:
  struct Size {
    unsigned short columns;
    unsigned short rows;
  };

  // Runs the command in the namespace, with this environment and no other; the terminal is its controlling one, and all
  // three of its streams.
  Terminal(std::vector<std::string> command, const Netns& netns, Size size,
           std::vector<std::string> environment = {"TERM=xterm"});
  ~Terminal();  // kills what still runs
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& keys) const;
  // The program gets SIGWINCH.
  void resize(Size size) const;
  void signal(int number) const;

  // All that was written so far.
  const std::string& output();
  // Whether this comes to be written behind `from`.
  bool writes(const std::string& text, Duration bound, std::size_t from = 0);
  // Without control sequences, what was written last from the top left corner on: its lines.
  std::vector<std::string> screen();

  // Whether what is typed is shown and handed on by lines, as a shell leaves it.
  [[nodiscard]] bool is_cooked() const;
  // How the program ended, within the bound; nothing when it still runs.
  std::optional<Exit> wait(Duration bound);

 private:
  int ours_ = -1;
  int programs_ = -1;  // held open, so that the terminal outlives the program
  pid_t pid_ = -1;
  std::string output_;
  std::optional<Exit> exit_;
};

}  // namespace realpeer::testing
