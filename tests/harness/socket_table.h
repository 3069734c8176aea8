// The TCP sockets of a namespace, connections that are not yet complete among them, as its kernel lists them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "harness/tcp.h"

namespace realpeer::testing {

struct ListedSocket {
  Endpoint local;
  Endpoint remote;
  unsigned state = 0;  // TCP_LISTEN and so on, of netinet/tcp.h; a SYN that waits for its ACK is TCP_SYN_RECV
};

std::vector<ListedSocket> tcp_sockets(const Netns& netns);

// A counter of /proc/net/netstat: "TcpExt", "ListenDrops". Throws when there is none of the name.
std::uint64_t netstat(const Netns& netns, const std::string& group, const std::string& counter);

}  // namespace realpeer::testing
