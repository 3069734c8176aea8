#include "harness/daemon.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

// Of the admin listener; empty where it has none.
std::string socket_bound_by(const std::string& configuration) {
  static const std::regex keyword_and_path(R"re(\bbind:\s+["']?unix:([^\s"',}]+))re");
  std::smatch match;
  return std::regex_search(configuration, match, keyword_and_path) ? match[1].str() : std::string();
}

bool answers(const std::string& path) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::socket socket(context);
  boost::system::error_code error;
  socket.connect(path, error);
  return !error;
}

const std::filesystem::path kPins = "/sys/fs/bpf/realpeer";
constexpr std::string_view kNodePrefix = "rpt-";

std::string quoted_list(const std::vector<std::string>& items) {
  std::string list;
  for (const auto& item : items) list.append(list.empty() ? "\"" : ", \"").append(item).append("\"");
  return "[" + list + "]";
}

// What a daemon that was killed, or crashed, leaves behind: its pins and its cgroup, which is empty by then.
void remove_remains(const std::string& node) {
  std::error_code nothing_there;
  std::filesystem::remove_all(kPins / node, nothing_there);
  for (const std::filesystem::path root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    std::filesystem::remove(root / ("realpeer-" + node), nothing_there);
  }
}

// REALPEER_START: words in front of the program, which start it as somebody else (tests/deploy/as_service.sh).
std::vector<std::string> started(std::vector<std::string> command) {
  const char* start = std::getenv("REALPEER_START");
  std::istringstream words(start == nullptr ? "" : start);
  command.insert(command.begin(), std::istream_iterator<std::string>(words), {});
  return command;
}

// Pins of daemons whose test program is gone: rpt-<pid>-<number>.
void clear_leftovers() {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(kPins, none)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(kNodePrefix)) continue;
    const auto pid = std::atoi(name.c_str() + kNodePrefix.size());
    if (pid > 0 && ::kill(pid, 0) < 0 && errno == ESRCH) remove_remains(name);
  }
}

}  // namespace

std::string GatewayConfig::yaml() const {
  std::ostringstream out;
  out << "node: " << node << "\ndatapath: " << datapath << "\n";
  if (!text.empty()) return out.str() + text;
  out << "log: { level: " << log_level << " }\nlisteners:\n";
  for (std::size_t i = 0; i < binds.size(); ++i) {
    out << "  - name: in-" << i << "\n    bind: \"" << binds[i] << "\"\n    accept_proxy: " << accept_proxy << "\n";
    if (accept_proxy != "off") out << "    trusted_cidrs: " << quoted_list(trusted_cidrs) << "\n";
    out << "    header_timeout: " << header_timeout << "\n    route: { backend: app }\n";
  }
  out << "backends:\n  app: { endpoints: " << quoted_list(endpoints) << ", identity: " << identity << " }\n";
  if (!peername_cgroup.empty()) out << "peername: { cgroup: " << peername_cgroup << " }\n";
  if (connections > 0) out << "limits: { connections: " << connections << " }\n";
  if (!limits.empty()) out << "limits: { " << limits << " }\n";
  out << "timeouts: { connect: " << connect_timeout << ", idle: " << idle_timeout
      << ", half_closed: " << half_closed_timeout << ", drain: " << drain_timeout << " }\n";
  return out.str();
}

std::string unique_node() {
  static int next = 0;
  if (next == 0) clear_leftovers();
  return std::string(kNodePrefix) + std::to_string(::getpid()) + "-" + std::to_string(next++);
}

std::filesystem::path pins_of(const std::string& node) { return kPins / node; }

Daemon::Daemon(const std::string& binary, const GatewayConfig& config, const ProcessOptions& options)
    : config_(config),
      process_(started({binary, "run", "--config", directory_.write("realpeer.yaml", config.yaml()).string(),
                        "--runtime_dir", directory_.path().string()}),
               options),
      log_(process_.output_path()) {
  const auto ports = ports_bound_by(config_.yaml());
  const auto accepts = [&](std::uint16_t port) { return listening(*options.netns, port); };
  // The admin listener's comes last.
  const auto socket = socket_bound_by(config_.yaml());
  const auto ready = [&] {
    return std::all_of(ports.begin(), ports.end(), accepts) && (socket.empty() || answers(socket));
  };
  eventually([&] { return ready() || !process_.running(); }, Duration{10'000});
  if (!process_.running() || !ready())
    throw std::runtime_error("the daemon is not ready (" + to_string(process_.wait(Duration{0})) + "):\n" +
                             process_.errors() + "configuration:\n" + config_.yaml());
}

Daemon::~Daemon() {
  stop();
  remove_remains(config_.node);
}

std::vector<pid_t> Daemon::processes() const {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    // Ended ones that nobody has waited for have no open files.
    std::error_code gone;
    if (pid > 0 && ::getpgid(pid) == process_.pid() && !std::filesystem::is_empty(entry.path() / "fd", gone) && !gone) {
      found.push_back(pid);
    }
  }
  return found;
}

bool Daemon::stop_all() {
  ::kill(-process_.pid(), SIGTERM);
  const auto ended = [this] { return !process_.running() && processes().empty(); };
  if (eventually(ended, Duration{1'000})) return true;
  ::kill(-process_.pid(), SIGTERM);
  return eventually(ended, Duration{5'000});
}

std::optional<Exit> Daemon::stop() {
  if (!process_.running()) return process_.wait(Duration{0});
  process_.signal(SIGTERM);
  if (auto exit = process_.wait(Duration{250})) return exit;
  process_.signal(SIGTERM);
  if (auto exit = process_.wait(Duration{5'000})) return exit;
  process_.signal(SIGKILL);
  process_.wait(Duration{5'000});
  return std::nullopt;
}

}  // namespace realpeer::testing
