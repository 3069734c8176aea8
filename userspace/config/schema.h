// The keys of every map in the configuration, and every limit in one place, with unit and reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace realpeer::config {

template <typename T>
struct Range {
  T least;
  T most;
};

// A map's keys: those this version reads, and those of the design it does not have yet.
struct Keys {
  std::span<const std::string_view> known;
  std::span<const std::string_view> unavailable{};
};

namespace keys {

inline constexpr std::string_view root_known[] = {"node",     "datapath", "splice_credit", "listeners",
                                                  "backends", "limits",   "timeouts",      "log"};
inline constexpr std::string_view root_unavailable[] = {"packet", "admin", "admission"};
inline constexpr Keys root{root_known, root_unavailable};

inline constexpr std::string_view listener_known[] = {"name",           "bind",       "accept_proxy", "trusted_cidrs",
                                                      "header_timeout", "max_header", "route"};
inline constexpr std::string_view listener_unavailable[] = {"tls", "trusted_forwarders"};
inline constexpr Keys listener{listener_known, listener_unavailable};

inline constexpr std::string_view route_known[] = {"backend"};
inline constexpr std::string_view route_unavailable[] = {"sni", "http", "default"};
inline constexpr Keys route{route_known, route_unavailable};

inline constexpr std::string_view backend_known[] = {"endpoints", "identity"};
inline constexpr std::string_view backend_unavailable[] = {"profile",           "balance",   "health",    "send_tlvs",
                                                           "pass_through_tlvs", "authority", "unique_id", "crc32c"};
inline constexpr Keys backend{backend_known, backend_unavailable};

inline constexpr std::string_view limits_known[] = {"connections"};
inline constexpr std::string_view limits_unavailable[] = {"per_client", "per_source_syn"};
inline constexpr Keys limits{limits_known, limits_unavailable};

inline constexpr std::string_view timeouts_known[] = {"connect", "idle", "half_closed", "drain"};
inline constexpr Keys timeouts{timeouts_known};

inline constexpr std::string_view log_known[] = {"level", "access"};
inline constexpr Keys log{log_known};

}  // namespace keys

namespace words {

inline constexpr std::string_view datapath_unavailable[] = {"packet"};
inline constexpr std::string_view identity_unavailable[] = {"peername", "transparent", "xff"};
inline constexpr std::string_view log_levels[] = {"trace", "debug", "info", "warn", "error"};

}  // namespace words

namespace ranges {

using std::chrono::milliseconds;

// Bytes. Below the least a bulk stream stalls for its credit; the most is what one stalled reader may hold in memory.
inline constexpr Range<std::uint64_t> splice_credit{64ULL << 10, 64ULL << 20};

// Bytes on the wire. The least is the buffer the PROXY protocol specification (section 2.1) asks of a receiver of v1,
// enough for every bare v2 header of IPv4 (28) and IPv6 (52); the most is the largest v2 header there can be, 16 fixed
// bytes and a 16-bit length.
inline constexpr Range<std::uint64_t> max_header{108, 65'551};

inline constexpr Range<std::uint64_t> connections{1, 10'000'000};

// A deadline of nothing refuses everybody; one of hours lets silent peers hold their sockets.
inline constexpr Range<milliseconds> header_timeout{milliseconds(1), std::chrono::minutes(5)};
inline constexpr Range<milliseconds> connect{milliseconds(1), std::chrono::minutes(5)};
// Every connection ends at some time, so there is no "never": 30 days is the longest silence.
inline constexpr Range<milliseconds> idle{milliseconds(1), std::chrono::hours(720)};
inline constexpr Range<milliseconds> half_closed{milliseconds(1), std::chrono::hours(24)};
// Nothing means: stop at once.
inline constexpr Range<milliseconds> drain{milliseconds(0), std::chrono::hours(24)};

// Bytes. A file larger than thousands of listeners need is a device or a mistake.
inline constexpr std::size_t file_size = 4U << 20;

// Characters: a name becomes a directory below the BPF file system, a metric label and a log field.
inline constexpr std::size_t name_length = 63;

}  // namespace ranges

}  // namespace realpeer::config
