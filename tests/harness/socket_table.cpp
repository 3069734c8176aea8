#include "harness/socket_table.h"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace realpeer::testing {
namespace {

namespace ip = boost::asio::ip;

// "0100007F:1BA0": words of four bytes, each printed as a number of this host's order.
Endpoint parse(const std::string& text) {
  const auto colon = text.find(':');
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t word = 0; word * 8 < colon; ++word) {
    const auto value = static_cast<std::uint32_t>(std::stoul(text.substr(word * 8, 8), nullptr, 16));
    std::memcpy(&bytes.at(word * 4), &value, sizeof value);
  }
  const auto port = static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1), nullptr, 16));
  if (colon > 8) return {ip::address_v6(bytes), port};
  return {ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), port};
}

}  // namespace

std::vector<ListedSocket> tcp_sockets(const Netns& netns) {
  return in_netns(netns, [] {
    std::vector<ListedSocket> found;
    for (const char* path : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"}) {
      std::ifstream table(path);
      std::string line;
      std::getline(table, line);  // the heading
      while (std::getline(table, line)) {
        std::istringstream words(line);
        std::string slot, local, remote, state;
        words >> slot >> local >> remote >> state;
        found.push_back({parse(local), parse(remote), static_cast<unsigned>(std::stoul(state, nullptr, 16))});
      }
    }
    return found;
  });
}

std::uint64_t netstat(const Netns& netns, const std::string& group, const std::string& counter) {
  return in_netns(netns, [&] {
    // A line of names, and one of values below.
    std::ifstream table("/proc/thread-self/net/netstat");
    for (std::string names, values; std::getline(table, names) && std::getline(table, values);) {
      std::istringstream each_name(names), each_value(values);
      std::string name, value;
      each_name >> name;
      each_value >> value;
      if (name != group + ":") continue;
      while (each_name >> name && each_value >> value) {
        if (name == counter) return static_cast<std::uint64_t>(std::stoull(value));
      }
    }
    throw std::invalid_argument("no counter " + group + " " + counter);
  });
}

}  // namespace realpeer::testing
