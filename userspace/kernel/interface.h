// Network interfaces as admission sees them. All names are those of the calling thread's network namespace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/result.h"

namespace realpeer::kernel {

// What a packet begins with where programs see it.
enum class LinkHeader : std::uint8_t {
  ethernet,
  none,     // the IP header comes first: WireGuard, TUN, tunnels
  unknown,  // a kind of device that admission cannot read
};

struct Interface {
  std::string name;
  int index = 0;
  LinkHeader header = LinkHeader::unknown;
};

Result<Interface> find_interface(const std::string& name);

// Nothing where there is no such interface.
std::optional<int> index_of(const std::string& name);

// Every interface but loopback, by index.
std::vector<Interface> interfaces();

// Whether the driver has native XDP, as it says itself; nothing where the kernel (before 6.3) does not tell.
std::optional<bool> has_native_xdp(const Interface& interface);

// A program in the kernel.
struct Program {
  std::uint32_t id = 0;
  std::string name;     // empty where it cannot be asked for
  bool native = false;  // of XDP: in the driver
};

Program describe_program(std::uint32_t id);

// The XDP program attached to an interface, whatever its mode.
std::optional<Program> attached_xdp(const Interface& interface);

}  // namespace realpeer::kernel
