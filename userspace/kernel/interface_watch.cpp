#include "kernel/interface_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace realpeer::kernel {

Result<InterfaceWatch> InterfaceWatch::open() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket.valid()) return describe("cannot watch the interfaces", errno);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return describe("cannot watch the interfaces", errno);
  }
  return InterfaceWatch(std::move(socket));
}

void InterfaceWatch::drain() const {
  std::array<char, 8192> notice{};
  // ENOBUFS: some were lost, which is news as well. Bounded, since they may come faster than they are read.
  for (int i = 0; i < 10'000; ++i) {
    if (::recv(socket_.get(), notice.data(), notice.size(), 0) < 0 && errno != ENOBUFS && errno != EINTR) return;
  }
}

}  // namespace realpeer::kernel
