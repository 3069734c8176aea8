// has_native_xdp(): the generic netlink family "netdev" of kernels from 6.3 on
// (Documentation/netlink/specs/netdev.yaml).
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "kernel/fd.h"
#include "kernel/interface.h"

namespace realpeer::kernel {
namespace {

// linux/netdev.h, which older headers do not have.
constexpr std::uint8_t command_dev_get = 1;
constexpr std::uint16_t attribute_ifindex = 1;
constexpr std::uint16_t attribute_xdp_features = 3;
constexpr std::uint64_t feature_basic = 1;

using Bytes = std::vector<std::byte>;

template <typename Value>
void append(Bytes& out, const Value& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
  out.resize(NLMSG_ALIGN(out.size()));
}

void append_attribute(Bytes& out, std::uint16_t type, std::span<const std::byte> payload) {
  append(out, nlattr{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + payload.size()), .nla_type = type});
  out.insert(out.end(), payload.begin(), payload.end());
  out.resize(NLMSG_ALIGN(out.size()));
}

Bytes request(std::uint16_t family, std::uint8_t command, std::uint16_t attribute, std::span<const std::byte> payload) {
  Bytes message;
  append(message,
         nlmsghdr{.nlmsg_len = 0, .nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = 1, .nlmsg_pid = 0});
  append(message, genlmsghdr{.cmd = command, .version = 1, .reserved = 0});
  append_attribute(message, attribute, payload);
  const auto length = static_cast<std::uint32_t>(message.size());
  std::memcpy(message.data(), &length, sizeof(length));
  return message;
}

// Attributes of the answer; nothing when the kernel refuses, or says nothing for a second.
std::optional<Bytes> ask(int socket, const Bytes& message) {
  if (::send(socket, message.data(), message.size(), 0) < 0) return std::nullopt;
  Bytes answer(8192);
  const auto size = ::recv(socket, answer.data(), answer.size(), 0);
  constexpr std::size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;
  if (size < static_cast<ssize_t>(headers)) return std::nullopt;
  nlmsghdr header{};
  std::memcpy(&header, answer.data(), sizeof(header));
  if (header.nlmsg_type == NLMSG_ERROR || header.nlmsg_len > static_cast<std::size_t>(size)) return std::nullopt;
  return Bytes(answer.begin() + headers, answer.begin() + header.nlmsg_len);
}

template <typename Value>
std::optional<Value> find_attribute(std::span<const std::byte> attributes, std::uint16_t type) {
  while (attributes.size() >= NLA_HDRLEN) {
    nlattr attribute{};
    std::memcpy(&attribute, attributes.data(), sizeof(attribute));
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > attributes.size()) return std::nullopt;
    if ((attribute.nla_type & NLA_TYPE_MASK) == type && attribute.nla_len >= NLA_HDRLEN + sizeof(Value)) {
      Value value{};
      std::memcpy(&value, attributes.data() + NLA_HDRLEN, sizeof(value));
      return value;
    }
    attributes = attributes.subspan(std::min<std::size_t>(NLA_ALIGN(attribute.nla_len), attributes.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<bool> has_native_xdp(const Interface& interface) {
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC));
  const timeval bound{.tv_sec = 1, .tv_usec = 0};
  if (!socket.valid() || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof(bound)) != 0) {
    return std::nullopt;
  }
  constexpr std::array<char, 7> family_name{"netdev"};
  const auto family_answer = ask(socket.get(), request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                                                       std::as_bytes(std::span(family_name))));
  if (!family_answer) return std::nullopt;
  const auto family = find_attribute<std::uint16_t>(*family_answer, CTRL_ATTR_FAMILY_ID);
  if (!family) return std::nullopt;
  const auto index = static_cast<std::uint32_t>(interface.index);
  const auto device =
      ask(socket.get(), request(*family, command_dev_get, attribute_ifindex, std::as_bytes(std::span(&index, 1))));
  if (!device) return std::nullopt;
  const auto features = find_attribute<std::uint64_t>(*device, attribute_xdp_features);
  if (!features) return std::nullopt;
  return (*features & feature_basic) != 0;
}

}  // namespace realpeer::kernel
