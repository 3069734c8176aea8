// The certificates of the listeners that end TLS: checked and loaded.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
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

class Certificates {
 public:
  // Loads those of every listener, or names the first pair that cannot be used.
  static boost::system::result<std::unique_ptr<Certificates>, config::Diagnostic> load(const config::Config& config);

  // Of Config::listeners[listener]; null for one without `tls`.
  [[nodiscard]] const std::shared_ptr<tls::ServerContext>& of(std::size_t listener) const {
    return contexts_[listener];
  }
  // Of the configuration that it was loaded for.
  [[nodiscard]] std::vector<CertificateStatus> status(const config::Config& config) const;

 private:
  explicit Certificates(std::size_t listeners) : contexts_(listeners) {}

  std::vector<std::shared_ptr<tls::ServerContext>> contexts_;  // as Config::listeners
};

}  // namespace realpeer::session
