// What the daemon has done so far, in the text format of Prometheus. Labels never hold a client's address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/admission.h"
#include "kernel/peer_names.h"
#include "observe/tally.h"
#include "session/certificates.h"

namespace realpeer::admin {

struct OfListener {
  std::string_view name;
  const observe::ListenerTally* tally = nullptr;
};

// Of the configuration.
struct Reloads {
  std::uint64_t applied = 0;
  std::uint64_t refused = 0;  // all went on as before
};

struct OfEndpoint {
  std::string backend;
  std::string endpoint;
  bool up = false;
};

// Of this process, as proc(5) has it.
struct OfProcess {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double open_descriptors = 0;
  double most_descriptors = 0;
  double start_seconds = 0;  // since 1970

  static OfProcess read();
};

struct Measured {
  std::vector<OfListener> listeners{};
  std::vector<OfEndpoint> endpoints{};
  std::array<std::uint64_t, observe::path_change_names.size()> path_changes{};
  observe::Histogram::Snapshot connects{};
  std::optional<kernel::AdmissionCounters> admission{};  // nothing: none is configured
  std::optional<kernel::NameCounters> names{};           // nothing: no backend is told the client so
  std::vector<session::CertificateStatus> certificates{};
  Reloads reloads{};
  OfProcess process{};
};

// In the format of exposition.h.
std::string metrics(const Measured& measured);

}  // namespace realpeer::admin
