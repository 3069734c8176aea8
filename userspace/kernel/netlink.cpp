#include "kernel/netlink.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>

namespace realpeer::kernel::netlink {

UniqueFd open(int protocol) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  if (socket.valid()) ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return socket;
}

std::optional<Bytes> ask(const UniqueFd& socket, const Request& request) {
  const Bytes message = request.bytes();
  if (::send(socket.get(), message.data(), message.size(), 0) < 0) return std::nullopt;
  Bytes answer(8192);
  const auto size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  if (size < static_cast<ssize_t>(NLMSG_HDRLEN)) return std::nullopt;
  nlmsghdr header{};
  std::memcpy(&header, answer.data(), sizeof(header));
  const bool cut = header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > static_cast<std::size_t>(size);
  if (header.nlmsg_type == NLMSG_ERROR || cut) return std::nullopt;
  return Bytes(answer.begin() + NLMSG_HDRLEN, answer.begin() + header.nlmsg_len);
}

std::optional<std::span<const std::byte>> find_attribute(std::span<const std::byte> attributes, std::uint16_t type) {
  while (attributes.size() >= NLA_HDRLEN) {
    nlattr attribute{};
    std::memcpy(&attribute, attributes.data(), sizeof(attribute));
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > attributes.size()) return std::nullopt;
    if ((attribute.nla_type & NLA_TYPE_MASK) == type) {
      return attributes.subspan(NLA_HDRLEN, attribute.nla_len - std::size_t{NLA_HDRLEN});
    }
    attributes = attributes.subspan(std::min<std::size_t>(NLA_ALIGN(attribute.nla_len), attributes.size()));
  }
  return std::nullopt;
}

}  // namespace realpeer::kernel::netlink
