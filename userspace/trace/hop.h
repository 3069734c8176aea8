// One hop of a chain, as its admin listener tells of it. All texts are for people; addresses as in the access log.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/address.h"

namespace realpeer::trace {

struct ListenerFacts {
  std::string name;
  net::Endpoint bind;
  std::string accept_proxy{};  // "off", "strict", "mixed", "optional"
  std::string routes{};        // "all", "server_names", "requests"
  std::vector<std::string> names{};
  std::vector<std::string> backends{};
  bool tls = false;
};

struct BackendFacts {
  std::string name;
  std::string identity{};  // "proxy-v2", …
  std::vector<std::string> endpoints{};

  // Whether a PROXY protocol header comes first.
  [[nodiscard]] bool sends_header() const { return identity == "proxy-v2" || identity == "proxy-v1"; }
};

// What a daemon is, from /listeners and /backends.
struct Daemon {
  std::string node;
  std::vector<ListenerFacts> listeners{};
  std::vector<BackendFacts> backends{};

  [[nodiscard]] const ListenerFacts* listener(std::string_view name) const;
  [[nodiscard]] const BackendFacts* backend(std::string_view name) const;
  [[nodiscard]] bool listens_on(std::uint16_t port) const;
};

// The connection at a hop, from /connections or /refusals.
struct Seen {
  std::uint64_t id = 0;
  std::string listener{};
  net::Endpoint peer{};
  std::optional<net::Endpoint> client{};  // believed; nothing: not known yet, or never
  std::string source{};                   // "proxy-v2", "proxy-v1", "local", "peer", "xff"
  bool trusted = false;
  std::string unique_id{};
  std::string backend{};
  std::string endpoint{};
  std::optional<net::Endpoint> upstream{};  // the hop's own, of the connection to the next
  std::string identity{};
  std::optional<bool> delivered{};
  std::string path{};
  std::uint64_t bytes_out = 0;
  std::string end{};     // empty: it lives
  std::string reason{};  // why it was refused; empty: it was not
  std::string looks_like{};
  std::string detail{};
  std::string remedy{};

  [[nodiscard]] bool refused() const { return !reason.empty(); }
  // Refused for what the next hop did, which may know why.
  [[nodiscard]] bool refused_behind() const { return reason == "backend_unavailable" || reason == "backend_timeout"; }
};

// What was found of the connection, and by what.
struct Found {
  Seen seen;
  std::string by;        // in words: "its address", "its unique id", …
  bool guessed = false;  // it may be another's
};

struct Hop {
  std::string name;                // as given, or the node's
  std::optional<Daemon> daemon{};  // nothing: no realpeer, or none that answers
  std::string trouble{};           // why it could not be asked; empty for what is known to be no realpeer
  std::optional<Found> found{};
};

// From the documents; fields that are not there stay as they are.
Daemon read_daemon(const boost::json::object& listeners, const boost::json::object& backends);
std::vector<Seen> read_connections(const boost::json::object& document);
std::vector<Seen> read_refusals(const boost::json::object& document);
// Refusals know the remedy, and are told of among the connections that ended as well: each once.
std::vector<Seen> together(std::vector<Seen> connections, std::vector<Seen> refusals);

}  // namespace realpeer::trace
