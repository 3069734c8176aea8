#include "control/message.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <string>

namespace realpeer::control {
namespace {

using kernel::describe;
using kernel::Error;

using Ancillary = std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))>;

std::vector<kernel::UniqueFd> descriptors_of(msghdr& packet) {
  std::vector<kernel::UniqueFd> found;
  for (cmsghdr* part = CMSG_FIRSTHDR(&packet); part != nullptr; part = CMSG_NXTHDR(&packet, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      found.emplace_back(descriptor);
    }
  }
  return found;
}

}  // namespace

kernel::Result<void> send(int socket, const boost::json::object& body, const std::vector<int>& descriptors) {
  std::string text = boost::json::serialize(body);
  if (text.size() > most_bytes || descriptors.size() > most_descriptors)
    return Error::because("there is too much to say");
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  msghdr packet{};
  packet.msg_iov = &bytes;
  packet.msg_iovlen = 1;
  alignas(cmsghdr) Ancillary space{};
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size() * sizeof(int);
    packet.msg_control = space.data();
    packet.msg_controllen = CMSG_SPACE(size);
    cmsghdr* part = CMSG_FIRSTHDR(&packet);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(part), descriptors.data(), size);
  }
  if (::sendmsg(socket, &packet, MSG_NOSIGNAL) < 0) return describe("the control socket", errno);
  return {};
}

kernel::Result<Message> receive(int socket, std::chrono::milliseconds patience) {
  pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
  const auto until = std::chrono::steady_clock::now() + patience;
  int waited = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    waited = ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (waited < 0 && errno == EINTR);
  if (waited < 0) return describe("the control socket", errno);
  if (waited == 0) return Error::because("no answer within " + std::to_string(patience.count() / 1000) + " s");
  std::string text(most_bytes, '\0');
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  alignas(cmsghdr) Ancillary space{};
  msghdr packet{};
  packet.msg_iov = &bytes;
  packet.msg_iovlen = 1;
  packet.msg_control = space.data();
  packet.msg_controllen = space.size();
  const auto got = ::recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
  if (got < 0) return describe("the control socket", errno);
  if (got == 0) return Error::because("the other side has ended");
  Message message{.descriptors = descriptors_of(packet)};
  if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return Error::because("a message was cut short");
  boost::system::error_code wrong;
  const auto value = boost::json::parse(std::string_view(text).substr(0, static_cast<std::size_t>(got)), wrong);
  if (wrong || !value.is_object()) return Error::because("a message is no JSON object");
  message.body = value.as_object();
  return message;
}

}  // namespace realpeer::control
