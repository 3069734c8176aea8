#include "harness/process.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace realpeer::testing {
namespace {

constexpr int kCouldNotStart = 127;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

int open_for_output(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) fail("open " + path.string());
  return descriptor;
}

struct Launch {
  const char* path;
  char* const* arguments;
  int program;  // descriptor of the program: a user without access to the build folder still runs it
  int output;
  int errors;
  const ProcessOptions& options;
};

// Between fork() and exec(): only calls that are safe there, since other threads of the test may hold locks.
[[noreturn]] void become(const Launch& launch) {
  const auto& options = launch.options;
  bool ready =
      ::setpgid(0, 0) == 0 && ::dup2(launch.output, STDOUT_FILENO) >= 0 && ::dup2(launch.errors, STDERR_FILENO) >= 0;
  ready = ready && (options.netns == nullptr || ::setns(options.netns->descriptor(), CLONE_NEWNET) == 0);
  if (!options.resolv_conf.empty()) {
    ready = ready && ::unshare(CLONE_NEWNS) == 0 && ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount(options.resolv_conf.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) == 0;
  }
  if (options.user) {
    ready = ready && ::setgroups(0, nullptr) == 0 && ::setgid(*options.user) == 0 && ::setuid(*options.user) == 0;
  }
  // A crashed test must not leave a daemon behind.
  ready = ready && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (ready && options.user) ::execveat(launch.program, "", launch.arguments, environ, AT_EMPTY_PATH);
  if (ready && !options.user) ::execve(launch.path, launch.arguments, environ);
  ::_exit(kCouldNotStart);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "rpt-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("mkdtemp " + name);
  path_ = name;
  if (::chmod(name.c_str(), 0755) < 0) fail("chmod " + name);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::filesystem::path TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  const auto path = path_ / name;
  std::ofstream(path) << text;
  if (::chmod(path.c_str(), 0644) < 0) fail("chmod " + path.string());
  return path;
}

void TemporaryDirectory::give_to(uid_t user) const {
  if (::chown(path_.c_str(), user, user) < 0) fail("chown " + path_.string());
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string to_string(const std::optional<Exit>& exit) {
  if (!exit) return "still running";
  return exit->signal != 0 ? "signal " + std::to_string(exit->signal) : "exit " + std::to_string(exit->code);
}

Process::Process(std::vector<std::string> command, const ProcessOptions& options) {
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int program = ::open(command.front().c_str(), O_PATH | O_CLOEXEC);
  if (program < 0) fail("open " + command.front());
  const Launch launch{command.front().c_str(),
                      arguments.data(),
                      program,
                      open_for_output(output_path()),
                      open_for_output(directory_.path() / "stderr"),
                      options};
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) become(launch);
  ::setpgid(pid_, pid_);  // here too: whichever side comes first, the group is there when this returns
  for (const int descriptor : {launch.program, launch.output, launch.errors}) ::close(descriptor);
}

Process::~Process() {
  if (exit_) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  if (exit_) throw std::logic_error("signal to a process that has ended");
  if (::kill(pid_, number) < 0) fail("kill");
}

std::optional<Exit> Process::wait(Duration bound) {
  eventually(
      [&] {
        int status = 0;
        if (exit_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return exit_.has_value();
        exit_ = WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
        return true;
      },
      bound);
  return exit_;
}

std::size_t Process::open_files() const {
  const std::filesystem::directory_iterator files(proc() / "fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::uint64_t Process::resident_bytes() const {
  std::uint64_t total = 0, resident = 0;
  std::ifstream(proc() / "statm") >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Duration Process::processor_time() const {
  // Fields 14 and 15 of stat, counted after the name in parentheses: user and system time in clock ticks.
  const auto stat = read_file(proc() / "stat");
  std::istringstream words(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) words >> skipped;
  std::int64_t user = 0, system = 0;
  words >> user >> system;
  return Duration{(user + system) * 1000 / ::sysconf(_SC_CLK_TCK)};
}

std::uint64_t Process::voluntary_switches() const {
  std::uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(proc() / "task")) {
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stoull(line.substr(line.find('\t') + 1));
    }
  }
  return sum;
}

void Process::limit_open_files(std::uint64_t files) const {
  const rlimit limit{files, files};
  if (::prlimit(pid_, RLIMIT_NOFILE, &limit, nullptr) < 0) fail("prlimit");
}

Finished run(std::vector<std::string> command, const ProcessOptions& options) {
  const auto name = command.front();
  Process process(std::move(command), options);
  const auto exit = process.wait(Duration{30'000});
  if (!exit || exit->signal != 0) throw std::runtime_error(name + ": " + to_string(exit) + "\n" + process.errors());
  return {exit->code, process.output(), process.errors()};
}

}  // namespace realpeer::testing
