// A configuration as it is to be written, with the reasons that stand beside it as comments.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "import/manifests.h"

namespace realpeer::importing {

struct DraftEndpoint {
  std::string address;       // "HOST:PORT"
  std::uint32_t weight = 1;  // 1 to 100

  bool operator==(const DraftEndpoint&) const = default;
};

struct DraftBackend {
  std::vector<DraftEndpoint> endpoints{};
  config::Identity identity = config::Identity::none;
  std::optional<config::Balance> balance{};
  std::optional<HealthCheck> health{};

  bool operator==(const DraftBackend&) const = default;
};

struct NamedBackend {
  std::string name;
  std::vector<std::string> comments{};
  DraftBackend backend{};
};

struct DraftRule {
  std::string host;  // empty: every one
  std::string path;
  std::string backend;  // empty: redirected to https
  std::optional<std::chrono::milliseconds> timeout{};

  bool operator==(const DraftRule&) const = default;
};

struct DraftRoute {
  std::string backend{};                       // takes every connection, or with `names` what none of them takes
  std::map<std::string, std::string> names{};  // of servers, to backends
  std::vector<DraftRule> rules{};
};

struct DraftCertificate {
  std::string certificate;
  std::string key;
};

struct DraftListener {
  std::string name;
  std::vector<std::string> comments{};
  std::string bind;
  policy::AcceptProxy accept_proxy = policy::AcceptProxy::off;
  std::vector<std::string> trust_comments{};
  std::vector<std::string> trusted_cidrs{};
  std::uint32_t max_connections = 0;  // 0: none
  std::vector<std::string> tls_comments{};
  std::vector<DraftCertificate> certificates{};  // empty: no TLS ends here
  config::TlsVersion least_tls = config::TlsVersion::v1_2;
  std::vector<std::string> trusted_forwarders{};
  DraftRoute route{};
};

struct Draft {
  std::vector<DraftListener> listeners{};
  std::vector<NamedBackend> backends{};

  [[nodiscard]] bool is_whole() const { return !listeners.empty() && !backends.empty(); }
};

// The YAML of a draft that is whole. `head` are lines of a comment at its top.
std::string write(const Draft& draft, const std::vector<std::string>& head);

}  // namespace realpeer::importing
