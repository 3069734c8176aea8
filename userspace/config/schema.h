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

// A map's keys: those this version reads, those of the design it does not have yet, and those that stand in the main
// file only.
struct Keys {
  std::span<const std::string_view> known;
  std::span<const std::string_view> unavailable{};
  std::span<const std::string_view> of_main{};
};

namespace keys {

inline constexpr std::string_view root_known[] = {"node",      "datapath", "splice_credit", "include",
                                                  "admission", "peername", "listeners",     "backends",
                                                  "limits",    "timeouts", "log",           "admin"};
inline constexpr std::string_view root_unavailable[] = {"packet"};
inline constexpr Keys root{root_known, root_unavailable};

// Of a file in the `include` list.
inline constexpr std::string_view included_known[] = {"listeners", "backends"};
inline constexpr Keys included{included_known, root_unavailable, root_known};

inline constexpr std::string_view admission_known[] = {"interfaces", "mode", "denied_cidrs"};
inline constexpr Keys admission{admission_known};

inline constexpr std::string_view peername_known[] = {"cgroup"};
inline constexpr Keys peername{peername_known};

inline constexpr std::string_view listener_known[] = {
    "name",           "bind",       "accept_proxy",    "trusted_cidrs", "untrusted",
    "header_timeout", "max_header", "max_connections", "tls",           "trusted_forwarders",
    "route"};
inline constexpr Keys listener{listener_known};

inline constexpr std::string_view tls_known[] = {"certificate", "key", "certificates", "min_version",
                                                 "handshake_timeout"};
inline constexpr Keys tls{tls_known};

inline constexpr std::string_view certificate_known[] = {"certificate", "key"};
inline constexpr Keys certificate{certificate_known};

inline constexpr std::string_view route_known[] = {"backend", "sni", "http", "default"};
inline constexpr Keys route{route_known};

inline constexpr std::string_view http_rule_known[] = {"host", "path", "backend", "redirect", "timeout"};
inline constexpr Keys http_rule{http_rule_known};

inline constexpr std::string_view name_route_known[] = {"alpn", "default"};
inline constexpr Keys name_route{name_route_known};

inline constexpr std::string_view backend_known[] = {
    "endpoints",       "identity",  "profile",           "balance",    "health",   "ejection",
    "max_connections", "send_tlvs", "pass_through_tlvs", "keep_alive", "forwarded"};
inline constexpr Keys backend{backend_known};

inline constexpr std::string_view endpoint_known[] = {"address", "weight", "max_connections"};
inline constexpr Keys endpoint{endpoint_known};

inline constexpr std::string_view health_known[] = {"interval",   "timeout", "rise", "fall",
                                                    "send_proxy", "path",    "host"};
inline constexpr Keys health{health_known};

inline constexpr std::string_view ejection_known[] = {"failures", "duration"};
inline constexpr Keys ejection{ejection_known};

inline constexpr std::string_view limits_known[] = {"connections", "handshakes", "per_client", "per_source_syn",
                                                    "denied_clients"};
inline constexpr Keys limits{limits_known};

inline constexpr std::string_view per_client_known[] = {"rate", "burst", "concurrent", "ban"};
inline constexpr Keys per_client{per_client_known};

inline constexpr std::string_view per_source_syn_known[] = {"rate", "burst"};
inline constexpr Keys per_source_syn{per_source_syn_known};

inline constexpr std::string_view timeouts_known[] = {"connect", "idle", "half_closed", "drain",
                                                      "request", "body", "response",    "keep_alive"};
inline constexpr Keys timeouts{timeouts_known};

inline constexpr std::string_view log_known[] = {"level", "format", "access"};
inline constexpr Keys log{log_known};

inline constexpr std::string_view admin_known[] = {"bind", "token_file"};
inline constexpr Keys admin{admin_known};

}  // namespace keys

namespace words {

inline constexpr std::string_view datapath_unavailable[] = {"packet"};
inline constexpr std::string_view send_tlvs[] = {"authority", "alpn", "unique_id", "crc32c"};
inline constexpr std::string_view pass_through[] = {"none", "all"};
inline constexpr std::string_view send_proxy[] = {"off", "local"};
inline constexpr std::string_view off_on[] = {"off", "on"};
// Of a rule, in place of a backend.
inline constexpr std::string_view redirect[] = {"https"};
// Where a backend's name could stand, and so no backend's name.
inline constexpr std::string_view reject = "reject";
// Of a route, beside `sni` or `alpn`, and so no server name and no protocol in them.
inline constexpr std::string_view otherwise = "default";
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

// Of one client.
inline constexpr Range<std::uint64_t> rate{1, 1'000'000};
inline constexpr Range<std::uint64_t> burst{1, 1'000'000};
inline constexpr Range<std::uint64_t> concurrent{1, 10'000'000};
// Below a second a ban says nothing that a rate does not.
inline constexpr Range<milliseconds> ban{std::chrono::seconds(1), std::chrono::hours(720)};

// A deadline of nothing refuses everybody; one of hours lets silent peers hold their sockets.
inline constexpr Range<milliseconds> header_timeout{milliseconds(1), std::chrono::minutes(5)};
inline constexpr Range<milliseconds> connect{milliseconds(1), std::chrono::minutes(5)};
// Every connection ends at some time, so there is no "never": 30 days is the longest silence.
inline constexpr Range<milliseconds> idle{milliseconds(1), std::chrono::hours(720)};
inline constexpr Range<milliseconds> half_closed{milliseconds(1), std::chrono::hours(24)};
// Of HTTP. A body or a response may take its time to begin; a request's header comes in one piece.
inline constexpr Range<milliseconds> handshake{milliseconds(1), std::chrono::minutes(5)};
inline constexpr Range<milliseconds> request{milliseconds(1), std::chrono::minutes(5)};
inline constexpr Range<milliseconds> body{milliseconds(1), std::chrono::hours(1)};
inline constexpr Range<milliseconds> response{milliseconds(1), std::chrono::hours(24)};
inline constexpr Range<milliseconds> keep_alive{milliseconds(0), std::chrono::hours(1)};
inline constexpr Range<std::uint64_t> handshakes{1, 1'000'000};

// Nothing means: stop at once.
inline constexpr Range<milliseconds> drain{milliseconds(0), std::chrono::hours(24)};

// Shares of the connections; a hundred to one is more than machines differ.
inline constexpr Range<std::uint64_t> weight{1, 100};
inline constexpr Range<std::uint64_t> endpoint_connections{1, 10'000'000};
inline constexpr Range<std::uint64_t> ejection_failures{0, 1'000};
inline constexpr Range<milliseconds> ejection_duration{milliseconds(1), std::chrono::hours(1)};
inline constexpr Range<milliseconds> health_interval{milliseconds(10), std::chrono::hours(1)};
inline constexpr Range<milliseconds> health_timeout{milliseconds(1), std::chrono::minutes(5)};
inline constexpr Range<std::uint64_t> health_counts{1, 100};

// Bytes. RFC 1035, section 2.3.4, less the length byte and the root.
inline constexpr std::size_t host_name = 253;
// Bytes. RFC 7301, section 3.1: the length is one byte.
inline constexpr std::size_t alpn_protocol = 255;

// Bytes. A file larger than thousands of listeners need is a device or a mistake.
inline constexpr std::size_t file_size = 4U << 20;

// Characters. IFNAMSIZ, less the final zero.
inline constexpr std::size_t interface_name = 15;

// Characters: a name becomes a directory below the BPF file system, a metric label and a log field.
inline constexpr std::size_t name_length = 63;

}  // namespace ranges

}  // namespace realpeer::config
