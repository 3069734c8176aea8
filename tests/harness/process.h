// Child processes in a namespace: started, watched through /proc, signalled by pid, always reaped.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "harness/wait.h"

namespace realpeer::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file readable by everyone; its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;
  // Makes this user and group its owner, for a program that writes there.
  void give_to(uid_t user) const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);

// How a process ended: its exit code, or the signal that ended it.
struct Exit {
  int code = 0;
  int signal = 0;

  bool operator==(const Exit&) const = default;
};
std::string to_string(const std::optional<Exit>& exit);  // for messages; nothing means still running

struct ProcessOptions {
  const Netns* netns = nullptr;              // where it runs; the test's own when null
  std::optional<uid_t> user = std::nullopt;  // becomes this user and group, without any capability
  // A file that it finds as /etc/resolv.conf, in a mount namespace of its own; the host's when empty.
  std::filesystem::path resolv_conf = {};
};

// A process and what it starts are one process group.
class Process {
 public:
  Process(std::vector<std::string> command, const ProcessOptions& options = {});
  ~Process();  // kills the group when it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  // How it ended, within the bound; nothing when it still runs.
  std::optional<Exit> wait(Duration bound);
  bool running() { return !wait(Duration{0}).has_value(); }

  [[nodiscard]] std::filesystem::path output_path() const { return directory_.path() / "stdout"; }
  [[nodiscard]] std::string output() const { return read_file(output_path()); }
  [[nodiscard]] std::string errors() const { return read_file(directory_.path() / "stderr"); }

  [[nodiscard]] std::size_t open_files() const;
  [[nodiscard]] std::uint64_t resident_bytes() const;
  [[nodiscard]] Duration processor_time() const;
  // How often its threads went to sleep and were woken: what an idle program does not do.
  [[nodiscard]] std::uint64_t voluntary_switches() const;
  // Lowers (or lifts) RLIMIT_NOFILE of the running process.
  void limit_open_files(std::uint64_t files) const;

 private:
  [[nodiscard]] std::filesystem::path proc() const { return "/proc/" + std::to_string(pid_); }

  TemporaryDirectory directory_;
  pid_t pid_ = -1;
  std::optional<Exit> exit_;
};

// Runs the command to its end (within a bound of 30 s).
struct Finished {
  int code;
  std::string output;
  std::string errors;
};
Finished run(std::vector<std::string> command, const ProcessOptions& options = {});

}  // namespace realpeer::testing
