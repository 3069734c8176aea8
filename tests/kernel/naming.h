// A gateway without a gateway: sockets that announce a client and connect, and backends in the same process.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "harness/cgroup.h"
#include "harness/netns.h"
#include "harness/tcp.h"
#include "kernel/cgroup.h"
#include "kernel/clients.h"
#include "kernel/instance.h"
#include "kernel/object.h"
#include "kernel/peer_names.h"

namespace realpeer::testing {

// What a daemon has of the kernel, as `role` in a cgroup of its own below the process's present one.
class NamingGateway {
 public:
  // Tells backends in `backends` and below; where that is empty, everywhere.
  NamingGateway(const std::string& role, const std::string& backends, std::uint32_t connections = 64);

  // A socket of the gateway's in a namespace, bound if `from` is given. Not connected.
  Socket socket(const Netns& netns, const Endpoint& kin, const std::optional<Endpoint>& from = std::nullopt);
  // Announces and connects; throws when the connection fails.
  void connect(Socket& socket, const Endpoint& client, const Endpoint& to);
  Socket connect(const Netns& netns, const Endpoint& client, const Endpoint& to,
                 const std::optional<Endpoint>& from = std::nullopt);

  [[nodiscard]] kernel::NameDelivery delivery(const Socket& socket) const;
  // The final one, waiting for it.
  [[nodiscard]] kernel::NameDelivery outcome(const Socket& socket) const;
  [[nodiscard]] kernel::NameCounters counters() const;
  // Entries of `pending`, `clients` and `in_flight`.
  [[nodiscard]] std::size_t entries() const;
  [[nodiscard]] std::size_t in_flight() const;

  [[nodiscard]] kernel::ClientMap& clients() { return *clients_; }
  [[nodiscard]] kernel::PeerNames& names() { return *names_; }
  [[nodiscard]] const kernel::DatapathObject& object() const { return *object_; }
  [[nodiscard]] const std::string& cgroup() const { return cgroup_->path(); }

 private:
  std::unique_ptr<kernel::DatapathObject> object_;
  std::optional<kernel::Instance> instance_;
  std::optional<kernel::DaemonCgroup> cgroup_;
  std::unique_ptr<kernel::ClientMap> clients_;
  std::unique_ptr<kernel::PeerNames> names_;
};

// As announced; the peer is 10.0.0.9:77.
realpeer_client named(const Endpoint& client);

// One end as its backend has it, with what accept() said.
struct Accepted {
  Socket socket;
  Endpoint name;
};
Accepted accept_named(Listener& listener);
Accepted accept_named(int listener);

inline Netns make_netns(const std::string& role) {
  return Netns("rpt-names-" + std::to_string(::getpid()) + "-" + role);
}

// The process in a cgroup of the test's own, where one gateway has its place and its backends are told. After each test
// nothing may be left in a map, and every client asked for must be accounted for.
class Naming : public ::testing::Test {
 protected:
  void TearDown() override;

  TestCgroup tree{"names"};
  InCgroup in_tree{tree.path()};
  Netns netns = make_netns("home");
  NamingGateway gateway{"gateway", tree.path()};
  const Endpoint client = endpoint("203.0.113.42:5555");
};

}  // namespace realpeer::testing
