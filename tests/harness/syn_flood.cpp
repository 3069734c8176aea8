#include "harness/syn_flood.h"

#include <linux/if_ether.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace realpeer::testing {
namespace {

constexpr const char* kDevice = "wan0";  // at both ends
constexpr unsigned kSources = 65'536;
// A fraction of what a veth's ring holds (256 frames): more at once would be lost and not judged.
constexpr std::size_t kBatch = 50;
constexpr Duration kStuck{10'000};

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::array<std::uint8_t, ETH_ALEN> hardware_address(const Netns& netns) {
  return in_netns(netns, [] {
    const Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::snprintf(request.ifr_name, IFNAMSIZ, "%s", kDevice);
    if (::ioctl(socket.descriptor(), SIOCGIFHWADDR, &request) != 0) fail("SIOCGIFHWADDR");
    std::array<std::uint8_t, ETH_ALEN> address{};
    std::copy_n(request.ifr_hwaddr.sa_data, ETH_ALEN, address.begin());
    return address;
  });
}

Bytes syn(unsigned source, const Endpoint& to) {
  const auto high = source / 256, low = source % 256;
  const auto port = static_cast<std::uint16_t>(1024 + source % 60'000);
  const auto destination = to.address().to_string();
  auto frame = packet().ethernet();
  if (to.address().is_v4()) {
    frame.ipv4("198.18." + std::to_string(high) + "." + std::to_string(low), destination);
  } else {
    // Each of a /64 of its own: admission takes one for a source.
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "2001:2:0:%x::1", source);
    frame.ipv6(text.data(), destination);
  }
  return frame.tcp(to.port(), port).syn().bytes();
}

// Frames on their way out of the client.
class Wire {
 public:
  explicit Wire(const Netns& netns)
      : socket_(in_netns(netns, [] { return ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); })) {
    to_.sll_family = AF_PACKET;
    to_.sll_ifindex = static_cast<int>(in_netns(netns, [] { return ::if_nametoindex(kDevice); }));
  }

  // How many of the frames it took, from this one on: the last is followed by the first.
  std::size_t send(const std::vector<Bytes>& frames, std::uint64_t first, std::size_t count) {
    std::array<iovec, kBatch> parts{};
    std::array<mmsghdr, kBatch> messages{};
    for (std::size_t i = 0; i < count; ++i) {
      const auto& frame = frames[(first + i) % frames.size()];
      // sendmsg() writes to nothing; its structures are those of recvmsg().
      parts.at(i) = {.iov_base = const_cast<std::uint8_t*>(frame.data()), .iov_len = frame.size()};
      messages.at(i).msg_hdr.msg_iov = &parts.at(i);
      messages.at(i).msg_hdr.msg_iovlen = 1;
      messages.at(i).msg_hdr.msg_name = &to_;
      messages.at(i).msg_hdr.msg_namelen = sizeof to_;
    }
    const int taken = ::sendmmsg(socket_.descriptor(), messages.data(), static_cast<unsigned>(count), 0);
    if (taken >= 0) return static_cast<std::size_t>(taken);
    if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) return 0;  // no room
    fail("sendmmsg");
  }

 private:
  Socket socket_;
  sockaddr_ll to_{};
};

}  // namespace

SynFlood::SynFlood(const Topology& topology, const Endpoint& to) : topology_(topology) {
  const auto gateway = hardware_address(topology.gateway);
  frames_.reserve(kSources);
  for (unsigned source = 0; source < kSources; ++source) {
    frames_.push_back(syn(source, to));
    std::ranges::copy(gateway, frames_.back().begin());
  }
}

bool SynFlood::is_source(const boost::asio::ip::address& address) {
  const auto text = address.is_v6() && address.to_v6().is_v4_mapped()
                        ? make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string()
                        : address.to_string();
  return text.starts_with("198.18.") || text.starts_with("2001:2:");
}

Flooded SynFlood::send(std::uint64_t count, std::uint64_t per_second, const std::stop_token& stop) const {
  Wire wire(topology_.client);
  Flooded flooded;
  const auto start = Clock::now();
  auto moved = start;
  while (flooded.sent < count && !stop.stop_requested()) {
    const auto batch = std::min<std::uint64_t>(kBatch, count - flooded.sent);
    // By the clock from the start on: a sender that was held up makes up for it.
    if (per_second > 0) {
      std::this_thread::sleep_until(start + std::chrono::nanoseconds(flooded.sent * 1'000'000'000 / per_second));
    }
    const auto taken = wire.send(frames_, flooded.sent, batch);
    flooded.sent += taken;
    if (taken > 0) moved = Clock::now();
    if (taken < batch) std::this_thread::yield();
    if (Clock::now() - moved > kStuck) throw std::runtime_error("the device takes no more frames");
  }
  flooded.took = Clock::now() - start;
  return flooded;
}

void route_back_to_flood(const Topology& topology) {
  in_netns(topology.gateway, [] {
    ip_batch("route add " + std::string(SynFlood::sources4) + " via 203.0.113.42\nroute add " +
             std::string(SynFlood::sources6) + " via fd00:c::42");
  });
}

}  // namespace realpeer::testing
