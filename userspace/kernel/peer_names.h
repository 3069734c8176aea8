// Backends that are told the client by the kernel: accept() and getpeername() name it. docs/identity.md has it all.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bpf/shared.h"
#include "kernel/capabilities.h"
#include "kernel/fd.h"
#include "kernel/object.h"
#include "kernel/result.h"

struct peername_bpf;

namespace realpeer::kernel {

// Whether the backend of one connection was told.
enum class NameDelivery {
  delivered,      // its socket names the client, and did before it could be accepted
  under_way,      // cannot be known yet: the other side has not shown to be past its handshake
  undelivered,    // nobody was told: the address was rewritten on the way, the backend is on another host or outside
                  // the cgroup, there was no room, or nobody asked
  inexpressible,  // nobody was told: the client is IPv6 and the backend's socket IPv4
};
std::string_view to_string(NameDelivery delivery);

// Connections so far, by enum realpeer_naming_count.
using NameCounters = std::array<std::uint64_t, REALPEER_NAMES_COUNT>;

// Owner of the programs on the backends' side and of their attachments to one cgroup; links, so that they end with the
// daemon, however it ends. Thread-safe.
//
// To have a client named: `by_peername` in what ClientMap::expect() is given before connect().
class PeerNames {
 public:
  // Sees the backends whose listening sockets belong to `cgroup` (a directory) or below; where that is empty, to the
  // root of the hierarchy as this process sees it. The object must have been loaded with room for names, and outlive
  // this.
  static Result<std::unique_ptr<PeerNames>> attach(const DatapathObject& object, const std::string& cgroup = {});

  PeerNames(const PeerNames&) = delete;
  PeerNames& operator=(const PeerNames&) = delete;
  ~PeerNames();

  // Of a socket that has been connected, also after the connection has ended, until the socket is closed or connects
  // again. What is not `under_way` is final.
  [[nodiscard]] NameDelivery delivery(int socket) const;

  [[nodiscard]] Result<NameCounters> counters() const;
  [[nodiscard]] const std::string& cgroup() const { return cgroup_; }

 private:
  PeerNames(const DatapathObject& object, peername_bpf* skeleton, std::string cgroup)
      : object_(object), skeleton_(skeleton), cgroup_(std::move(cgroup)) {}

  const DatapathObject& object_;
  peername_bpf* skeleton_;
  std::string cgroup_;
  std::array<UniqueFd, 3> links_;
};

// For `realpeer doctor`: whether attach() would work, and for which backends. Attaches nothing.
Finding examine_peer_names(const std::string& cgroup = {});

}  // namespace realpeer::kernel
