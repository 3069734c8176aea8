// has_native_xdp(): the generic netlink family "netdev" of kernels from 6.3 on
// (Documentation/netlink/specs/netdev.yaml).
#include <linux/genetlink.h>

#include <array>

#include "kernel/interface.h"
#include "kernel/netlink.h"

namespace realpeer::kernel {
namespace {

// linux/netdev.h, which older headers do not have.
constexpr std::uint8_t command_dev_get = 1;
constexpr std::uint16_t attribute_ifindex = 1;
constexpr std::uint16_t attribute_xdp_features = 3;
constexpr std::uint64_t feature_basic = 1;

constexpr std::array<char, 7> family_name{"netdev"};

netlink::Request request(std::uint16_t family, std::uint8_t command) {
  return {family, genlmsghdr{.cmd = command, .version = 1, .reserved = 0}};
}

template <typename Value>
std::optional<Value> ask(const UniqueFd& socket, const netlink::Request& request, std::uint16_t attribute) {
  const auto answer = netlink::ask(socket, request);
  if (!answer || answer->size() < GENL_HDRLEN) return std::nullopt;
  return netlink::find_value<Value>(std::span(*answer).subspan(GENL_HDRLEN), attribute);
}

}  // namespace

std::optional<bool> has_native_xdp(const Interface& interface) {
  const UniqueFd socket = netlink::open(NETLINK_GENERIC);
  if (!socket.valid()) return std::nullopt;
  auto about_family = request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
  about_family.attribute(CTRL_ATTR_FAMILY_NAME, std::as_bytes(std::span(family_name)));
  const auto family = ask<std::uint16_t>(socket, about_family, CTRL_ATTR_FAMILY_ID);
  if (!family) return std::nullopt;
  auto about_device = request(*family, command_dev_get);
  about_device.attribute(attribute_ifindex, static_cast<std::uint32_t>(interface.index));
  const auto features = ask<std::uint64_t>(socket, about_device, attribute_xdp_features);
  if (!features) return std::nullopt;
  return (*features & feature_basic) != 0;
}

}  // namespace realpeer::kernel
