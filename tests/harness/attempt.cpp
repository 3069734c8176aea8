#include "harness/attempt.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace realpeer::testing {

Attempt::Attempt(const Netns& netns, const Endpoint& to, const SocketOptions& options)
    : socket_(in_netns(
          netns, [&] { return ::socket(to.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); })) {
  const auto fail = [](const char* what) { throw std::system_error(errno, std::generic_category(), what); };
  if (options.from && ::bind(socket_.descriptor(), options.from->data(), static_cast<socklen_t>(options.from->size())))
    fail("bind");
  if (::connect(socket_.descriptor(), to.data(), static_cast<socklen_t>(to.size())) == 0 || errno != EINPROGRESS)
    fail("connect without waiting");
}

bool Attempt::unanswered() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket_.descriptor(), IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
    throw std::system_error(errno, std::generic_category(), "TCP_INFO");
  return info.tcpi_state == TCP_SYN_SENT;
}

}  // namespace realpeer::testing
