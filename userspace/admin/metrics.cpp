#include "admin/metrics.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "admin/exposition.h"

namespace realpeer::admin {
namespace {

using observe::index;
using observe::ListenerTally;

constexpr double seconds_per_day = 86'400;

double number(const observe::Count& count) { return static_cast<double>(count.load(std::memory_order_relaxed)); }

// A sample of each cell that has counted something; the cells are many, and most stay empty.
template <typename Cells, typename Label>
void samples_of(Exposition& out, std::string_view listener, const Cells& cells, std::string_view label, Label name) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (const double count = number(cells[i]); count > 0) out.sample({{"listener", listener}, {label, name(i)}}, count);
  }
}

void write_connections(Exposition& out, const std::vector<OfListener>& listeners) {
  out.counter("realpeer_connections_total", "Connections accepted.");
  for (const auto& [name, tally] : listeners) out.sample({{"listener", name}}, number(tally->connections));
  out.gauge("realpeer_connections_active", "Connections by how their bytes travel; none: still on their way there.");
  for (const auto& [name, tally] : listeners) {
    for (std::size_t i = 0; i < tally->active.size(); ++i) {
      const std::string_view path = i == observe::no_path ? "none" : observe::path_names[i];
      out.sample({{"listener", name}, {"path", path}}, number(tally->active[i]));
    }
  }
}

void write_refusals(Exposition& out, const std::vector<OfListener>& listeners) {
  out.counter("realpeer_rejected_total", "Connections and requests refused, by reason.");
  for (const auto& [name, tally] : listeners) {
    samples_of(out, name, tally->rejected, "reason",
               [](std::size_t i) { return policy::to_string(static_cast<policy::RejectReason>(i)); });
  }
  out.counter("realpeer_proxy_headers_total", "PROXY protocol headers; local: they name nobody.");
  for (const auto& [name, tally] : listeners) {
    for (std::size_t version = 0; version < tally->headers.size(); ++version) {
      for (std::size_t result = 0; result < tally->headers[version].size(); ++result) {
        const double count = number(tally->headers[version][result]);
        if (count == 0) continue;
        out.sample({{"listener", name},
                    {"version", observe::header_version_names[version]},
                    {"result", observe::header_result_names[result]}},
                   count);
      }
    }
  }
}

void write_traffic(Exposition& out, const Measured& measured) {
  out.counter("realpeer_bytes_total", "Bytes passed on; in: from clients; sockmap: moved by the kernel alone.");
  for (const auto& [name, tally] : measured.listeners) {
    for (std::size_t direction = 0; direction < tally->bytes.size(); ++direction) {
      for (std::size_t path = 0; path < tally->bytes[direction].size(); ++path) {
        out.sample({{"listener", name},
                    {"direction", observe::direction_names[direction]},
                    {"path", observe::path_names[path]}},
                   number(tally->bytes[direction][path]));
      }
    }
  }
  out.counter("realpeer_requests_total", "Requests by the first digit of their status; 0: no response was sent.");
  for (const auto& [name, tally] : measured.listeners) {
    static constexpr std::array<std::string_view, 6> classes{"0", "1xx", "2xx", "3xx", "4xx", "5xx"};
    samples_of(out, name, tally->requests, "status", [](std::size_t i) { return classes.at(i); });
  }
  out.counter("realpeer_path_changes_total", "Connections that left the relay for the kernel, or could not.");
  for (std::size_t i = 0; i < measured.path_changes.size(); ++i) {
    const bool engaged = i == index(observe::PathChange::engaged);
    out.sample({{"from", "relay"}, {"to", engaged ? "sockmap" : "relay"}, {"reason", observe::path_change_names[i]}},
               static_cast<double>(measured.path_changes[i]));
  }
}

void write_backends(Exposition& out, const Measured& measured) {
  if (!measured.endpoints.empty()) {
    out.gauge("realpeer_backend_up", "Whether an endpoint may be chosen: 1 or 0.");
    for (const auto& [backend, endpoint, up] : measured.endpoints) {
      out.sample({{"backend", backend}, {"endpoint", endpoint}}, up ? 1 : 0);
    }
  }
  out.histogram("realpeer_backend_connect_seconds", "How long it took to connect to a backend, attempts included.");
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < observe::Histogram::bounds.size(); ++i) {
    so_far += measured.connects.counts[i];
    out.bucket(observe::Histogram::bounds[i], so_far);
  }
  out.sum_and_count(measured.connects.sum, so_far + measured.connects.counts.back());
}

void write_admission(Exposition& out, const kernel::AdmissionCounters& counters) {
  out.counter("realpeer_admission_packets_total", "SYNs judged in the kernel.");
  for (std::uint32_t i = 0; i < counters.size(); ++i) {
    const auto admission = static_cast<realpeer_admission>(i);
    out.sample({{"verdict", kernel::is_drop(admission) ? "drop" : "pass"}, {"reason", kernel::to_string(admission)}},
               static_cast<double>(counters[i]));
  }
}

void write_names(Exposition& out, const kernel::NameCounters& counters) {
  out.counter("realpeer_peernames_total",
              "Connections to backends with identity peername, by whether the backend's socket took the client.");
  out.sample({{"result", "delivered"}}, static_cast<double>(counters.at(REALPEER_NAMES_DELIVERED)));
  out.sample({{"result", "undelivered"}}, static_cast<double>(counters.at(REALPEER_NAMES_UNDELIVERED)));
}

void write_certificates(Exposition& out, const Measured& measured) {
  if (!measured.certificates.empty()) {
    out.gauge("realpeer_certificate_expiry_seconds",
              "Seconds until a certificate in use expires; negative once it has.");
  }
  for (const auto& certificate : measured.certificates) {
    out.sample({{"listener", certificate.listener}, {"file", certificate.file}},
               certificate.days_left * seconds_per_day);
  }
}

void write_reloads(Exposition& out, const Reloads& reloads) {
  out.counter("realpeer_config_reloads_total",
              "How often the configuration and the certificates were read again; refused: all went on as before.");
  out.sample({{"result", "applied"}}, static_cast<double>(reloads.applied));
  out.sample({{"result", "refused"}}, static_cast<double>(reloads.refused));
}

void write_process(Exposition& out, const OfProcess& process) {
  out.counter("process_cpu_seconds_total", "User and system time of the processor.");
  out.sample({}, process.cpu_seconds);
  out.gauge("process_resident_memory_bytes", "Resident memory of the process; the kernel's is not in it.");
  out.sample({}, process.resident_bytes);
  out.gauge("process_open_fds", "Open descriptors.");
  out.sample({}, process.open_descriptors);
  out.gauge("process_max_fds", "Descriptors that may be open.");
  out.sample({}, process.most_descriptors);
  out.gauge("process_start_time_seconds", "When the process began, since 1970.");
  out.sample({}, process.start_seconds);
}

double start_of_process() {
  // The 22nd field of stat: ticks since boot. The second holds blanks, and ends with the last parenthesis.
  std::ifstream stat("/proc/self/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  std::ifstream system("/proc/stat");
  for (std::string name; system >> name;) {
    double boot = 0;
    if (name == "btime" && system >> boot) {
      return boot + std::strtod(field.c_str(), nullptr) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
  }
  return 0;
}

}  // namespace

OfProcess OfProcess::read() {
  OfProcess process;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  process.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  if (statm >> pages >> pages) process.resident_bytes = pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
  // Linux 6.2 and later tell the number; before, 0. Counting them would take longer than all the rest.
  struct stat descriptors {};
  if (::stat("/proc/self/fd", &descriptors) == 0) process.open_descriptors = static_cast<double>(descriptors.st_size);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) process.most_descriptors = static_cast<double>(limit.rlim_cur);
  static const double start = start_of_process();
  process.start_seconds = start;
  return process;
}

std::string metrics(const Measured& measured) {
  Exposition out;
  out.gauge("realpeer_build_info", "What runs here; always 1.");
  out.sample({{"version", REALPEER_VERSION}}, 1);
  write_connections(out, measured.listeners);
  write_refusals(out, measured.listeners);
  write_traffic(out, measured);
  write_backends(out, measured);
  if (measured.admission) write_admission(out, *measured.admission);
  if (measured.names) write_names(out, *measured.names);
  write_certificates(out, measured);
  write_reloads(out, measured.reloads);
  write_process(out, measured.process);
  return out.text();
}

}  // namespace realpeer::admin
