#include "kernel/tun_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace realpeer::test {
namespace {

constexpr const char* host = "10.9.0.1";
constexpr const char* client = "10.9.0.2";
constexpr std::uint16_t client_port = 40'000;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

std::uint32_t add_words(std::uint32_t sum, const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i + 1 < size; i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  if (size % 2 != 0) sum += static_cast<std::uint32_t>(bytes[size - 1] << 8);
  return sum;
}

// RFC 1071.
std::uint16_t folded(std::uint32_t sum) {
  while (sum >> 16U != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return htons(static_cast<std::uint16_t>(~sum));
}

void bring_up(int socket, const char* device, const char* address) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (address != nullptr) {
    auto* in = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
    in->sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &in->sin_addr);
    require(::ioctl(socket, SIOCSIFADDR, &request) == 0, "address of the TUN device");
    ::inet_pton(AF_INET, "255.255.255.0", &in->sin_addr);
    require(::ioctl(socket, SIOCSIFNETMASK, &request) == 0, "netmask of the TUN device");
  }
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  require(::ioctl(socket, SIOCSIFFLAGS, &request) == 0, "device up");
}

}  // namespace

kernel::UniqueFd enter_namespace_with_tun() {
  require(::unshare(CLONE_NEWNET) == 0, "a network namespace");
  kernel::UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  require(tun.valid(), "/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, "rptun", IFNAMSIZ - 1);
  require(::ioctl(tun.get(), TUNSETIFF, &request) == 0, "a TUN device");
  const kernel::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  bring_up(socket.get(), "lo", nullptr);
  bring_up(socket.get(), "rptun", host);
  return tun;
}

void TunClient::connect(std::uint16_t port) {
  port_ = port;
  write_packet(TH_SYN, first_ - 1, {});
  std::array<std::uint8_t, 2048> packet{};
  for (int attempt = 0; attempt < 100; ++attempt) {
    pollfd asked{.fd = tun_, .events = POLLIN, .revents = 0};
    require(::poll(&asked, 1, 5000) == 1, "a SYN-ACK");
    const auto size = ::read(tun_, packet.data(), packet.size());
    if (size < 40 || packet[0] >> 4U != 4 || packet[9] != IPPROTO_TCP) continue;
    tcphdr tcp{};
    std::memcpy(&tcp, packet.data() + std::size_t{4} * (packet[0] & 0xFU), sizeof(tcp));
    if ((tcp.th_flags & (TH_SYN | TH_ACK)) != (TH_SYN | TH_ACK)) continue;
    ack_ = ntohl(tcp.th_seq) + 1;
    write_packet(TH_ACK, first_, {});
    return;
  }
  throw std::runtime_error("no SYN-ACK among the packets");
}

void TunClient::send(std::uint32_t offset, std::string_view payload) {
  write_packet(TH_ACK | TH_PUSH, first_ + offset, payload);
}

void TunClient::send_fin(std::uint32_t offset) { write_packet(TH_ACK | TH_FIN, first_ + offset, {}); }

void TunClient::write_packet(std::uint8_t flags, std::uint32_t seq, std::string_view payload) {
  std::vector<std::uint8_t> packet(sizeof(ip) + sizeof(tcphdr) + payload.size());
  ip header{};
  header.ip_v = 4;
  header.ip_hl = 5;
  header.ip_len = htons(static_cast<std::uint16_t>(packet.size()));
  header.ip_ttl = 64;
  header.ip_p = IPPROTO_TCP;
  ::inet_pton(AF_INET, client, &header.ip_src);
  ::inet_pton(AF_INET, host, &header.ip_dst);
  header.ip_sum = folded(add_words(0, reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)));

  tcphdr tcp{};
  tcp.th_sport = htons(client_port);
  tcp.th_dport = htons(port_);
  tcp.th_seq = htonl(seq);
  tcp.th_ack = htonl(ack_);
  tcp.th_off = 5;
  tcp.th_flags = flags;
  tcp.th_win = htons(65535);
  std::memcpy(packet.data(), &header, sizeof(header));
  std::memcpy(packet.data() + sizeof(header), &tcp, sizeof(tcp));
  std::memcpy(packet.data() + sizeof(header) + sizeof(tcp), payload.data(), payload.size());
  // The pseudo-header: both addresses, the protocol, the length.
  std::uint32_t sum = add_words(0, packet.data() + 12, 8);
  sum += IPPROTO_TCP + static_cast<std::uint32_t>(sizeof(tcp) + payload.size());
  tcp.th_sum = folded(add_words(sum, packet.data() + sizeof(header), packet.size() - sizeof(header)));
  std::memcpy(packet.data() + sizeof(header), &tcp, sizeof(tcp));
  require(::write(tun_, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size()), "a packet");
}

}  // namespace realpeer::test
