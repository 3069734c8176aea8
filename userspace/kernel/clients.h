// The client map: which client the proxy believes is behind each connection to a backend.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bpf/shared.h"
#include "kernel/cgroup.h"
#include "kernel/fd.h"
#include "kernel/instance.h"
#include "kernel/object.h"
#include "kernel/result.h"
#include "net/address.h"

namespace realpeer::kernel {

// Name of the pin below the instance's directory.
inline constexpr const char* clients_pin = "clients";

// Owner of the pinned map and of the program's attachment to the daemon's cgroup. Thread-safe.
class ClientMap {
 public:
  static Result<std::unique_ptr<ClientMap>> attach(const DatapathObject& object, const DaemonCgroup& cgroup,
                                                   const Instance& instance);
  ClientMap(const ClientMap&) = delete;
  ClientMap& operator=(const ClientMap&) = delete;
  ~ClientMap() = default;

  // Announces the client of a socket that is about to connect. The kernel moves it into the map before the SYN
  // leaves, and out of it when the socket is closed for good. Where client.by_peername is set, the backend's own calls
  // name it too (kernel/peer_names.h). False when the map is full.
  bool expect(int socket, const realpeer_client& client);
  // Takes back an announcement that no SYN ever used.
  void forget(int socket);

 private:
  explicit ClientMap(const DatapathObject& object) : object_(object) {}

  const DatapathObject& object_;
  UniqueFd link_;  // detaches when closed, also when the daemon dies
};

// One entry of a pinned map, as addresses.
struct RecordedClient {
  std::string instance;
  net::Endpoint source;       // the proxy's end, which the backend sees as its peer
  net::Endpoint destination;  // the backend's end
  net::Endpoint client;
  net::Endpoint peer;
  std::uint8_t client_source = 0;  // enum realpeer_client_source
  bool trusted = false;
};

// Entries of every instance on this host whose source is `source`. Needs no running daemon.
Result<std::vector<RecordedClient>> find_clients(const net::Endpoint& source);

// Address conversions of the contract.
realpeer_client make_client(const net::Endpoint& client, const net::Endpoint& peer, realpeer_client_source source,
                            bool trusted);

}  // namespace realpeer::kernel
