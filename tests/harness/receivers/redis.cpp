#include "harness/receivers/redis.h"

#include <stdexcept>

namespace realpeer::testing {
namespace {

ServerStart prepared(const Netns& netns, const Endpoint& at, const TemporaryDirectory& directory) {
  directory.give_to(kNobody);
  const auto path = directory.write("redis.conf", "bind " + at.address().to_string() + "\nport " +
                                                      std::to_string(at.port()) + "\ndir " + directory.path().string() +
                                                      "\nsave \"\"\nprotected-mode no\ndaemonize no\n");
  return {.command = {"/usr/bin/redis-server", path}, .netns = netns, .ports = {at.port()}};
}

}  // namespace

Redis::Redis(const Netns& netns, const Endpoint& at) : server_(prepared(netns, at, directory_)) {}

std::string redis_clients(Socket& connection) {
  connection.send_all("CLIENT LIST\r\n");
  // A bulk string: $LENGTH\r\nBYTES\r\n
  std::string header;
  while (!header.ends_with("\r\n")) header += connection.receive_exactly(1);
  if (!header.starts_with("$")) throw std::runtime_error("redis: " + header);
  const auto text = connection.receive_exactly(std::stoul(header.substr(1)));
  connection.receive_exactly(2);
  return text;
}

}  // namespace realpeer::testing
