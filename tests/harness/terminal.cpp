#include "harness/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <regex>
#include <sstream>
#include <system_error>

namespace realpeer::testing {
namespace {

constexpr int kCouldNotStart = 127;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

winsize in_cells(Terminal::Size size) {
  return {.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// Between fork() and exec(): only calls that are safe there, since other threads of the test may hold locks.
[[noreturn]] void become(const char* path, char* const* arguments, char* const* environment, int terminal,
                         const Netns& netns) {
  const bool ready = ::setsid() >= 0 && ::ioctl(terminal, TIOCSCTTY, 0) == 0 && ::dup2(terminal, STDIN_FILENO) >= 0 &&
                     ::dup2(terminal, STDOUT_FILENO) >= 0 && ::dup2(terminal, STDERR_FILENO) >= 0 &&
                     ::setns(netns.descriptor(), CLONE_NEWNET) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (ready) ::execve(path, arguments, environment);
  ::_exit(kCouldNotStart);
}

}  // namespace

Terminal::Terminal(std::vector<std::string> command, const Netns& netns, Size size,
                   std::vector<std::string> environment) {
  auto arguments = pointers(command);
  auto variables = pointers(environment);
  const auto cells = in_cells(size);
  if (::openpty(&ours_, &programs_, nullptr, nullptr, &cells) < 0) fail("openpty");
  ::fcntl(ours_, F_SETFD, FD_CLOEXEC);
  ::fcntl(programs_, F_SETFD, FD_CLOEXEC);
  ::fcntl(ours_, F_SETFL, O_NONBLOCK);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) become(command.front().c_str(), arguments.data(), variables.data(), programs_, netns);
}

Terminal::~Terminal() {
  if (!exit_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(ours_);
  ::close(programs_);
}

void Terminal::type(const std::string& keys) const {
  if (::write(ours_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) fail("write to the terminal");
}

void Terminal::resize(Size size) const {
  const auto cells = in_cells(size);
  if (::ioctl(ours_, TIOCSWINSZ, &cells) < 0) fail("TIOCSWINSZ");
}

void Terminal::signal(int number) const {
  if (::kill(pid_, number) < 0) fail("kill");
}

const std::string& Terminal::output() {
  std::array<char, 4096> bytes{};
  for (;;) {
    const auto count = ::read(ours_, bytes.data(), bytes.size());
    if (count <= 0) return output_;
    output_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

bool Terminal::writes(const std::string& text, Duration bound, std::size_t from) {
  return eventually([&] { return output().find(text, from) != std::string::npos; }, bound);
}

std::vector<std::string> Terminal::screen() {
  const auto top = output().rfind("\x1b[H");
  const std::string drawn = top == std::string::npos ? output_ : output_.substr(top);
  std::istringstream plain(std::regex_replace(drawn, std::regex("\x1b\\[[0-9;?]*[A-Za-z]|\r"), ""));
  std::vector<std::string> lines;
  for (std::string line; std::getline(plain, line);) lines.push_back(line);
  return lines;
}

bool Terminal::is_cooked() const {
  termios settings{};
  if (::tcgetattr(programs_, &settings) < 0) fail("tcgetattr");
  return (settings.c_lflag & ICANON) != 0 && (settings.c_lflag & ECHO) != 0;
}

std::optional<Exit> Terminal::wait(Duration bound) {
  eventually(
      [&] {
        output();  // a program that writes must not wait for its reader
        int status = 0;
        if (exit_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return exit_.has_value();
        exit_ = WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
        return true;
      },
      bound);
  return exit_;
}

}  // namespace realpeer::testing
