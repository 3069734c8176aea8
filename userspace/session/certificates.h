// The certificates of the listeners that end TLS: checked, loaded, and loaded again while connections come.
#pragma once

#include <atomic>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "config/load.h"
#include "tls/server_context.h"

namespace realpeer::session {

// What is wrong with each pair of files: errors for those that cannot be used, warnings for certificates that have
// expired or are about to.
std::vector<config::Diagnostic> check_certificates(const config::Config& config);

struct CertificateStatus {
  std::string listener;
  std::string file;
  std::vector<std::string> names;
  double days_left = 0;  // negative: expired
};

struct Reloads {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;  // at least one listener kept what it had
};

class Certificates {
 public:
  // Loads those of every listener, or names the first pair that cannot be used. `config` outlives it.
  static boost::system::result<std::unique_ptr<Certificates>, config::Diagnostic> load(const config::Config& config);

  // Of Config::listeners[listener]; null for one without `tls`. A handshake keeps what it began with. From any thread.
  [[nodiscard]] std::shared_ptr<tls::ServerContext> current(std::size_t listener) const {
    return contexts_[listener].load();
  }

  // Reads all files again. A listener whose files cannot be used keeps its old certificates, which is logged. Says how
  // many do. This and what follows: from one thread.
  std::size_t reload();
  [[nodiscard]] const Reloads& reloads() const { return reloads_; }
  [[nodiscard]] std::vector<CertificateStatus> status() const;

 private:
  explicit Certificates(const config::Config& config) : config_(config), contexts_(config.listeners.size()) {}

  const config::Config& config_;
  std::deque<std::atomic<std::shared_ptr<tls::ServerContext>>> contexts_;  // as Config::listeners
  Reloads reloads_;
};

}  // namespace realpeer::session
