// The effective configuration, as values. Loaded by load.h from YAML, linted by lint.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/address.h"
#include "policy/client_policy.h"
#include "policy/route.h"
#include "policy/trust.h"

namespace realpeer::config {

// Where a setting stands, for messages: FILE:LINE.
struct Place {
  std::string file;
  int line = 0;  // 1-based

  // Settings that say the same are equal wherever they stand.
  friend bool operator==(const Place& /*one*/, const Place& /*other*/) { return true; }
};
std::string to_string(const Place& place);
// A setting's own place where it is known, else that of what it belongs to.
inline const Place& place_or(const Place& own, const Place& owner) { return own.line > 0 ? own : owner; }

enum class Datapath : std::uint8_t { automatic, sockmap, relay };

// xff: the requests carry the client in X-Forwarded-For, and connections are shared by clients.
enum class Identity : std::uint8_t { proxy_v2, proxy_v1, peername, transparent, xff, none };

// What becomes of SYNs from outside trusted_cidrs: the stack takes them and the daemon refuses the connection, or they
// are dropped before there is a socket.
enum class Untrusted : std::uint8_t { refuse, drop };

enum class TlsVersion : std::uint8_t { v1_2, v1_3 };

// Where on an interface SYNs are judged; kernel/admission_link.h says what each is.
enum class AdmissionMode : std::uint8_t { automatic, native, generic, tc };

enum class Balance : std::uint8_t { round_robin, least_connections, client_hash };

// Of the daemon's own log.
enum class LogFormat : std::uint8_t { text, json };

// What a backend is known to be; see profiles.h.
enum class Profile : std::uint8_t { none, gitea, nginx, haproxy, envoy };

constexpr std::string_view to_string(Datapath datapath) {
  switch (datapath) {
    case Datapath::automatic: return "auto";
    case Datapath::sockmap: return "sockmap";
    case Datapath::relay: return "relay";
  }
  return "";
}

constexpr std::string_view to_string(LogFormat format) {
  switch (format) {
    case LogFormat::text: return "text";
    case LogFormat::json: return "json";
  }
  return "";
}

constexpr std::string_view to_string(Identity identity) {
  switch (identity) {
    case Identity::proxy_v2: return "proxy-v2";
    case Identity::proxy_v1: return "proxy-v1";
    case Identity::peername: return "peername";
    case Identity::transparent: return "transparent";
    case Identity::xff: return "xff";
    case Identity::none: return "none";
  }
  return "";
}

// Whether a PROXY protocol header comes first.
constexpr bool sends_header(Identity identity) {
  return identity == Identity::proxy_v2 || identity == Identity::proxy_v1;
}

constexpr std::string_view to_string(Untrusted untrusted) { return untrusted == Untrusted::drop ? "drop" : "refuse"; }

constexpr std::string_view to_string(TlsVersion version) { return version == TlsVersion::v1_3 ? "1.3" : "1.2"; }

constexpr std::string_view to_string(AdmissionMode mode) {
  switch (mode) {
    case AdmissionMode::automatic: return "auto";
    case AdmissionMode::native: return "native";
    case AdmissionMode::generic: return "generic";
    case AdmissionMode::tc: return "tc";
  }
  return "";
}

constexpr std::string_view to_string(Balance balance) {
  switch (balance) {
    case Balance::round_robin: return "round_robin";
    case Balance::least_connections: return "least_connections";
    case Balance::client_hash: return "client_hash";
  }
  return "";
}

constexpr std::string_view to_string(Profile profile) {
  switch (profile) {
    case Profile::none: return "";
    case Profile::gitea: return "gitea";
    case Profile::nginx: return "nginx";
    case Profile::haproxy: return "haproxy";
    case Profile::envoy: return "envoy";
  }
  return "";
}

// "HOST:PORT" as written; the host is an address or a name, without brackets.
struct EndpointSpec {
  std::string host;
  std::uint16_t port = 0;
  std::uint32_t weight = 1;
  std::uint32_t max_connections = 0;  // at once, to each of its addresses; 0: no ceiling
  Place place{};

  bool operator==(const EndpointSpec&) const = default;
  [[nodiscard]] std::string to_string() const;  // with brackets around IPv6
  // The address, a v4-mapped one as IPv4; nothing for a name.
  [[nodiscard]] std::optional<net::Endpoint> literal() const;
};

// What the header to a backend carries beyond the addresses.
struct Tlvs {
  // Sent whenever they are known: from the ClientHello, else from a believed header; an id is made where there is none.
  bool authority = false;
  bool alpn = false;
  bool unique_id = false;
  bool crc32c = false;
  // Of the TLVs of a believed header, passed on as they came.
  bool pass_all = false;
  std::vector<std::uint8_t> pass_types{};

  bool operator==(const Tlvs&) const = default;
  [[nodiscard]] bool sends() const { return authority || alpn || unique_id || crc32c; }
  [[nodiscard]] bool passes() const { return pass_all || !pass_types.empty(); }
  [[nodiscard]] bool any() const { return sends() || passes(); }
};

// An endpoint that fails in a row takes a rest.
struct Ejection {
  std::uint32_t failures = 3;  // 0: never
  std::chrono::milliseconds duration{10'000};

  bool operator==(const Ejection&) const = default;
};

// Active checks: a TCP connection, a header that names nobody where it is asked for, and a request where there is a
// path.
struct Health {
  std::chrono::milliseconds interval{5'000};
  std::chrono::milliseconds timeout{2'000};
  std::uint32_t rise = 2;  // good checks in a row until a down endpoint is up
  std::uint32_t fall = 3;  // bad ones until it is down
  bool send_local = false;
  std::string path{};  // of a GET that 2xx and 3xx answer well; empty: no request
  std::string host{};  // of that request; empty: the endpoint

  bool operator==(const Health&) const = default;
};

struct BackendPlaces {
  Place identity{};
  Place health{};
  Place health_timeout{};
  Place health_path{};
  Place send_tlvs{};
  Place pass_through_tlvs{};
  Place keep_alive{};
  Place forwarded{};

  bool operator==(const BackendPlaces&) const = default;
};

struct Backend {
  std::string name;
  std::vector<EndpointSpec> endpoints;  // at least one
  Identity identity = Identity::proxy_v2;
  Profile profile = Profile::none;
  Balance balance = Balance::round_robin;
  Tlvs tlvs{};
  Ejection ejection{};
  std::optional<Health> health{};  // nothing: no active checks
  // Of HTTP: how long a connection waits for the next request (0: none does), and whether requests carry `Forwarded`
  // (RFC 7239) beside X-Forwarded-For.
  std::chrono::milliseconds keep_alive{4'000};
  bool forwarded = false;
  Place place;
  BackendPlaces places{};

  bool operator==(const Backend&) const = default;
};

// Where the settings that lint.h speaks of stand, since a listener spans several lines.
struct ListenerPlaces {
  Place bind;
  Place accept_proxy;
  std::vector<Place> trusted_cidrs;  // one per network
  Place untrusted{};
  std::vector<Place> trusted_forwarders{};  // one per network
  std::vector<Place> redirects{};           // one per rule that has one
};

// PEM files, as written, or below the folder of the file that names them.
struct CertificateFiles {
  std::string certificate;  // the chain, the server's own first
  std::string key;
  Place place{};
};

// TLS that ends here.
struct Tls {
  std::vector<CertificateFiles> certificates;  // at least one; the first is for names that none is for
  TlsVersion least = TlsVersion::v1_2;
  std::chrono::milliseconds handshake_timeout{10'000};
  Place place{};
};

struct Listener {
  std::string name;
  net::Endpoint bind;
  policy::TrustPolicy trust;
  Untrusted untrusted = Untrusted::refuse;
  std::chrono::milliseconds header_timeout{5'000};
  std::size_t max_header = 4096;                // bytes
  std::uint32_t max_connections = 0;            // at once; 0: no ceiling of its own
  std::optional<Tls> tls{};                     // only with routes by request
  std::vector<net::Cidr> trusted_forwarders{};  // whose X-Forwarded-For is believed; only with routes by request
  policy::Route route;                          // names some of Config::backends
  Place place;
  ListenerPlaces places{};
};

// SYNs judged in the kernel, before there is a socket.
struct Admission {
  std::vector<std::string> interfaces{};  // none: no SYN is judged
  AdmissionMode mode = AdmissionMode::automatic;
  std::vector<net::Cidr> denied_cidrs{};  // by peer address, at every listener
  std::vector<Place> denied_places{};     // one per network

  [[nodiscard]] bool enabled() const { return !interfaces.empty(); }
};

// Of backends with identity peername.
struct Peername {
  std::string cgroup{};  // a directory; empty: the root of the cgroup2 hierarchy
  Place place{};
};

// An address, or the path of a socket.
using AdminBind = std::variant<net::Endpoint, std::string>;
std::string to_string(const AdminBind& bind);  // as written: "127.0.0.1:9901", "unix:/run/realpeer/admin.sock"

// Where the daemon answers questions about itself, by HTTP.
struct Admin {
  AdminBind bind;
  std::string token_file{};  // holds what requests must know; empty: they need not
  Place place{};             // of `bind`
  Place token_place{};
};

struct LimitsPlaces {
  Place ban{};
  Place per_source_syn{};
};

struct Limits {
  std::uint32_t connections = 100'000;           // at once, whole daemon
  std::uint32_t handshakes = 1'000;              // of TLS, at once, whole daemon
  policy::ClientPolicy per_client{};             // of each believed client
  std::optional<policy::Rate> per_source_syn{};  // of each peer's /32 or /64, in the kernel
  std::vector<net::Cidr> denied_clients{};
  LimitsPlaces places{};
};

struct Timeouts {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds idle{3'600'000};
  std::chrono::milliseconds half_closed{300'000};
  std::chrono::milliseconds drain{30'000};
  // Of HTTP.
  std::chrono::milliseconds request{30'000};     // from a request's first byte to the end of its header
  std::chrono::milliseconds body{30'000};        // in which at least 1 KiB of a body must move, towards us or from us
  std::chrono::milliseconds response{60'000};    // until a response begins, and between two parts of it
  std::chrono::milliseconds keep_alive{75'000};  // between two requests
};

struct Log {
  std::string level = "info";  // trace | debug | info | warn | error
  LogFormat format = LogFormat::text;
  std::string access = "stdout";  // "stdout", "off" or a path
};

struct Config {
  std::string node;  // names this instance's shared kernel state; default: the host name
  Datapath datapath = Datapath::automatic;
  std::uint64_t splice_credit = 1 << 20;  // bytes a direction may queue beyond the sockets' own buffers
  Admission admission;
  Peername peername;
  std::optional<Admin> admin{};
  std::vector<Listener> listeners;
  std::vector<Backend> backends;
  Limits limits;
  Timeouts timeouts;
  Log log;

  [[nodiscard]] const Backend* find_backend(std::string_view name) const;
  // The backends that a listener's route may choose, and the listeners whose route may choose a backend.
  [[nodiscard]] std::vector<const Backend*> backends_of(const Listener& listener) const;
  [[nodiscard]] std::vector<const Listener*> listeners_of(const Backend& backend) const;
  // Whether any backend is told so.
  [[nodiscard]] bool uses(Identity identity) const;
};

}  // namespace realpeer::config
