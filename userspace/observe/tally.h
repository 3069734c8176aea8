// What the daemon has done so far, in numbers. Written by the workers, read by whoever shows it. No addresses in here.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "policy/reject_reason.h"

namespace realpeer::observe {

using Count = std::atomic<std::uint64_t>;

// How the bytes of a connection travel, as in metrics and the access log.
enum class Path : std::uint8_t { relay, sockmap };
inline constexpr std::array<std::string_view, 2> path_names{"relay", "sockmap"};

enum class Direction : std::uint8_t { in, out };  // in: from the client
inline constexpr std::array<std::string_view, 2> direction_names{"in", "out"};

enum class HeaderVersion : std::uint8_t { v1, v2, unknown };
inline constexpr std::array<std::string_view, 3> header_version_names{"v1", "v2", "unknown"};

// local: it names nobody.
enum class HeaderResult : std::uint8_t { accepted, local, rejected };
inline constexpr std::array<std::string_view, 3> header_result_names{"accepted", "local", "rejected"};

template <typename Enum>
constexpr std::size_t index(Enum value) {
  return static_cast<std::size_t>(value);
}

// Connections that have no path yet: they are read, routed, connected.
inline constexpr std::size_t no_path = path_names.size();

inline constexpr std::size_t reasons = index(policy::RejectReason::last) + 1;

struct ListenerTally {
  Count connections{0};
  std::array<Count, reasons> rejected{};  // by policy::RejectReason
  std::array<std::array<Count, header_result_names.size()>, header_version_names.size()> headers{};
  std::array<std::array<Count, path_names.size()>, direction_names.size()> bytes{};
  std::array<Count, path_names.size() + 1> active{};  // by Path, and no_path
  std::array<Count, 6> requests{};                    // by the first digit of the status; 0: no response

  void moved(Direction direction, Path path, std::uint64_t count) {
    bytes[index(direction)][index(path)].fetch_add(count, std::memory_order_relaxed);
  }
  void header(HeaderVersion version, HeaderResult result) {
    headers[index(version)][index(result)].fetch_add(1, std::memory_order_relaxed);
  }
  void reject(policy::RejectReason reason) { rejected[index(reason)].fetch_add(1, std::memory_order_relaxed); }
};

// Durations, in the buckets of a Prometheus histogram.
class Histogram {
 public:
  static constexpr std::array<double, 13> bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                 0.025,  0.05,    0.1,    0.5,   1,      5};  // seconds

  void add(std::chrono::steady_clock::duration time);

  struct Snapshot {
    std::array<std::uint64_t, bounds.size() + 1> counts{};  // of each bucket alone; the last: longer than all
    double sum = 0;                                         // seconds
  };
  [[nodiscard]] Snapshot snapshot() const;

 private:
  std::array<Count, bounds.size() + 1> counts_{};
  Count nanoseconds_{0};
};

// Connections that changed their path, or were refused one.
enum class PathChange : std::uint8_t { engaged, half_closed, not_plain_tcp, no_room };
inline constexpr std::array<std::string_view, 4> path_change_names{"engaged", "half_closed", "not_plain_tcp",
                                                                   "no_room"};

}  // namespace realpeer::observe
