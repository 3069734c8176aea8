// A real WireGuard tunnel between two namespaces: Debian's wireguard-go, which needs nothing of the kernel but TUN.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/netns.h"
#include "harness/process.h"

namespace realpeer::testing {

// A name for a tunnel's interface that no other process has, at most three letters of `role` in it. Interfaces are a
// namespace's own, but the control sockets that wireguard-go names after them are the host's.
std::string wireguard_interface(std::string_view role);

struct WireguardEnd {
  const Netns& netns;
  std::string interface;
  std::string outside;                 // where the other end's packets come in, as an address of `netns`
  std::vector<std::string> addresses;  // inside the tunnel: "10.9.0.1/24". Only these are taken from this end
};

// Both interfaces exist as long as it does, and not a moment longer.
class WireguardTunnel {
 public:
  // The first end dials the second. Returns after their handshake; throws with what the programs wrote otherwise.
  WireguardTunnel(const WireguardEnd& dialling, const WireguardEnd& listening);
  WireguardTunnel(const WireguardTunnel&) = delete;
  WireguardTunnel& operator=(const WireguardTunnel&) = delete;
  ~WireguardTunnel();

 private:
  // One of the two: the program that is its interface, and its keys.
  class Interface;

  std::unique_ptr<Interface> dialling_;
  std::unique_ptr<Interface> listening_;
};

}  // namespace realpeer::testing
