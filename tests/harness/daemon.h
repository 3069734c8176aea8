// The gateway under test: its configuration as the tests vary it, and the running program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/access_log.h"
#include "harness/process.h"

namespace realpeer::testing {

// One listener, one backend; a test changes what it is about. Written out as YAML.
// A test about something else writes the document itself.
struct GatewayConfig {
  std::string node;
  std::string datapath;
  std::vector<std::string> binds = {"203.0.113.1:7000"};  // one listener each: in-0, in-1, …
  std::string accept_proxy = "strict";
  std::vector<std::string> trusted_cidrs = {"203.0.113.42/32", "fd00:c::42/128"};
  std::string header_timeout = "5s";
  std::vector<std::string> endpoints = {"10.77.0.2:9000"};
  std::string identity = "proxy-v2";
  std::string peername_cgroup;  // peername.cgroup; empty leaves the default
  unsigned connections = 0;     // limits.connections; 0 leaves the default
  std::string limits;           // further ones, as in YAML: "per_client: { … }"
  std::string connect_timeout = "5s";
  std::string idle_timeout = "1h";
  std::string half_closed_timeout = "5m";
  std::string drain_timeout = "30s";
  std::string log_level = "info";
  // The document but for `node` and `datapath`, in the test's own words; all fields but those two say nothing then.
  std::string text;

  [[nodiscard]] std::string yaml() const;
};

// A node name no other test on this machine uses.
std::string unique_node();

// /sys/fs/bpf/realpeer/NODE
std::filesystem::path pins_of(const std::string& node);

// `realpeer run`, in the foreground, access log on its standard output.
class Daemon {
 public:
  // Returns when every listener accepts; throws with what the program wrote when it ends or is not ready within 10 s.
  Daemon(const std::string& binary, const GatewayConfig& config, const ProcessOptions& options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  [[nodiscard]] const GatewayConfig& config() const { return config_; }
  Process& process() { return process_; }
  [[nodiscard]] const Process& process() const { return process_; }
  [[nodiscard]] const AccessLog& log() const { return log_; }

  // Writes another document into its file.
  void rewrite(const std::string& text) const { directory_.write("realpeer.yaml", text); }
  // Where its control socket is.
  [[nodiscard]] const std::filesystem::path& runtime_directory() const { return directory_.path(); }
  // It, and the processes that took over from it, that still run.
  [[nodiscard]] std::vector<pid_t> processes() const;
  // SIGTERM to all of them; whether they ended.
  bool stop_all();

  // SIGTERM, and a second one for what will not drain: how it ended. Kills it after 5 s and returns nothing.
  std::optional<Exit> stop();

 private:
  GatewayConfig config_;
  TemporaryDirectory directory_;
  Process process_;
  AccessLog log_;
};

}  // namespace realpeer::testing
