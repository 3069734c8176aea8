// The effective configuration, as values. Loaded by load.h from YAML, linted by lint.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/address.h"
#include "policy/trust.h"

namespace realpeer::config {

// Where a setting stands, for messages: FILE:LINE.
struct Place {
  std::string file;
  int line = 0;  // 1-based
};

enum class Datapath : std::uint8_t { automatic, sockmap, relay };

enum class Identity : std::uint8_t { proxy_v2, proxy_v1, none };

constexpr std::string_view to_string(Datapath datapath) {
  switch (datapath) {
    case Datapath::automatic: return "auto";
    case Datapath::sockmap: return "sockmap";
    case Datapath::relay: return "relay";
  }
  return "";
}

constexpr std::string_view to_string(Identity identity) {
  switch (identity) {
    case Identity::proxy_v2: return "proxy-v2";
    case Identity::proxy_v1: return "proxy-v1";
    case Identity::none: return "none";
  }
  return "";
}

// "HOST:PORT" as written; the host is an address or a name, without brackets.
struct EndpointSpec {
  std::string host;
  std::uint16_t port = 0;
  Place place{};

  [[nodiscard]] std::string to_string() const;  // with brackets around IPv6
};

struct Backend {
  std::string name;
  std::vector<EndpointSpec> endpoints;  // at least one; taken in turn
  Identity identity = Identity::proxy_v2;
  Place place;
};

// Where the settings that lint.h speaks of stand, since a listener spans several lines.
struct ListenerPlaces {
  Place bind;
  Place accept_proxy;
  std::vector<Place> trusted_cidrs;  // one per network
};

struct Listener {
  std::string name;
  net::Endpoint bind;
  policy::TrustPolicy trust;
  std::chrono::milliseconds header_timeout{5'000};
  std::size_t max_header = 4096;  // bytes
  std::string backend;            // names one of Config::backends
  Place place;
  ListenerPlaces places{};
};

struct Limits {
  std::uint32_t connections = 100'000;  // at once, whole daemon
};

struct Timeouts {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds idle{3'600'000};
  std::chrono::milliseconds half_closed{300'000};
  std::chrono::milliseconds drain{30'000};
};

struct Log {
  std::string level = "info";     // trace | debug | info | warn | error
  std::string access = "stdout";  // "stdout", "off" or a path
};

struct Config {
  std::string node;  // names this instance's shared kernel state; default: the host name
  Datapath datapath = Datapath::automatic;
  std::uint64_t splice_credit = 1 << 20;  // bytes a direction may queue beyond the sockets' own buffers
  std::vector<Listener> listeners;
  std::vector<Backend> backends;
  Limits limits;
  Timeouts timeouts;
  Log log;

  [[nodiscard]] const Backend* find_backend(std::string_view name) const;
};

}  // namespace realpeer::config
