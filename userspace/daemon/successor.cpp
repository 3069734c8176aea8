#include "daemon/successor.h"

#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace realpeer::daemon {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

constexpr std::chrono::seconds patience{120};
constexpr const char* take_over = "--take-over";

// What the supervisor says to one process only.
bool is_ours_alone(std::string_view variable) {
  constexpr std::array<std::string_view, 4> names{"LISTEN_PID=", "LISTEN_FDS=", "LISTEN_FDNAMES=", "WATCHDOG_PID="};
  return std::ranges::any_of(names, [&](std::string_view name) { return variable.starts_with(name); });
}

std::vector<char*> environment() {
  std::vector<char*> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_ours_alone(*variable)) all.push_back(*variable);
  }
  all.push_back(nullptr);
  return all;
}

struct Child {
  const char* program;
  char* const* arguments;
  char* const* variables;
  sigset_t signals;  // blocked, as they were
  int error = 0;     // of execve(2)
};

// In our memory, while we wait (CLONE_VFORK); nothing but system calls.
int become(void* argument) {
  auto& child = *static_cast<Child*>(argument);
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_UNSHARE);
  ::sigprocmask(SIG_SETMASK, &child.signals, nullptr);
  ::execve(child.program, child.arguments, child.variables);
  child.error = errno;
  ::_exit(127);
}

// By clone(2) and not posix_spawn(3): that one's child has copies of all descriptors until it closes them. What one of
// our threads closes meanwhile would stay in its epoll set, whose events point to what is gone. Here the child shares
// our descriptors and then has three of its own, without any copy in between.
kernel::Result<int> spawn(const Invocation& invocation) {
  std::vector<std::string> texts = invocation.arguments;
  if (!std::ranges::count(texts, take_over)) texts.emplace_back(take_over);
  std::vector<char*> arguments;
  for (auto& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  auto variables = environment();
  Child child{.program = invocation.program.c_str(),
              .arguments = arguments.data(),
              .variables = variables.data(),
              .signals = {}};
  std::vector<char> stack(std::size_t{64} * 1024);
  // Our handlers are not for the child.
  sigset_t all{};
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &child.signals);
  auto* const top = stack.data() + stack.size() / 16 * 16;
  const int pid = ::clone(become, top, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &child);
  const int failed = pid < 0 ? errno : child.error;
  ::pthread_sigmask(SIG_SETMASK, &child.signals, nullptr);
  if (failed == 0) return pid;
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  return kernel::describe("cannot start " + invocation.program, failed);
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Invocation Invocation::current() {
  std::error_code unknown;
  Invocation invocation{.program = std::filesystem::read_symlink("/proc/self/exe", unknown), .arguments = {}};
  std::ifstream words("/proc/self/cmdline", std::ios::binary);
  for (std::string word; std::getline(words, word, '\0');) invocation.arguments.push_back(word);
  return invocation;
}

asio::awaitable<kernel::Result<void>> Successor::start(const Invocation& invocation) {
  const auto pid = spawn(invocation);
  if (!pid) co_return pid.error();
  pid_ = *pid;
  starting_ = true;
  status_.reset();
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  if (descriptor >= 0) {
    wait_for_end(std::make_shared<stream_descriptor>(outcome_.get_executor(), descriptor), *pid);
  }
  outcome_.expires_after(patience);
  if (!served_) co_await outcome_.async_wait(asio::as_tuple(asio::use_awaitable));
  starting_ = false;
  if (served_) co_return kernel::Result<void>();
  if (status_) co_return kernel::Error::because("the new process " + in_words(*status_) + ": the log says why");
  ::kill(*pid, SIGKILL);
  co_return kernel::Error::because("the new process does not serve after " + std::to_string(patience.count()) + " s");
}

void Successor::wait_for_end(const std::shared_ptr<stream_descriptor>& process, int pid) {
  process->async_wait(stream_descriptor::wait_read, [this, process, pid](boost::system::error_code error) {
    int status = 0;
    if (error || ::waitpid(pid, &status, WNOHANG) != pid || pid != pid_) return;
    // One that was replaced itself ends in order.
    const bool in_order = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (served_ && !in_order) return lost_();
    status_ = status;
    outcome_.cancel();
  });
}

void Successor::served() {
  served_ = true;
  outcome_.cancel();
}

}  // namespace realpeer::daemon
