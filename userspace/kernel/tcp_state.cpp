#include "kernel/tcp_state.h"

#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace realpeer::kernel {
namespace {

constexpr std::uint8_t tcp_closed = 7;  // include/net/tcp_states.h, TCP_CLOSE

std::optional<tcp_info> tcp_info_of(int socket) {
  tcp_info info{};
  socklen_t length = sizeof(info);
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  return info;
}

// RFC 4898 tcpEStatsAppHCThruOctetsAcked: how far snd_una has moved.
std::uint64_t bytes_acked(int socket) {
  const auto info = tcp_info_of(socket);
  return info ? info->tcpi_bytes_acked : 0;
}

// write_seq - snd_una (net/ipv4/tcp.c, tcp_ioctl).
std::uint64_t bytes_queued(int socket) {
  int queued = 0;
  if (::ioctl(socket, SIOCOUTQ, &queued) != 0 || queued < 0) return 0;
  return static_cast<std::uint64_t>(queued);
}

}  // namespace

std::uint64_t bytes_written(int socket) {
  const std::uint64_t acked = bytes_acked(socket);
  return acked + bytes_queued(socket);
}

std::optional<std::uint64_t> exact_bytes_written(int socket) {
  std::uint64_t before = bytes_acked(socket);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::uint64_t queued = bytes_queued(socket);
    const std::uint64_t after = bytes_acked(socket);
    if (before == after) return after + queued;
    before = after;
  }
  return std::nullopt;
}

bool is_reset(int socket) {
  const auto info = tcp_info_of(socket);
  return info && info->tcpi_state == tcp_closed;
}

bool is_answered(int socket) {
  const auto info = tcp_info_of(socket);
  // Of what is acknowledged, the first is the SYN; of what was received, a FIN counts too.
  return info && (info->tcpi_bytes_acked > 1 || info->tcpi_bytes_received > 0);
}

bool is_plain_tcp(int socket) {
  int protocol = 0;
  socklen_t length = sizeof(protocol);
  if (::getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) != 0 || protocol != IPPROTO_TCP) return false;
  std::array<char, 16> ulp{};
  length = ulp.size();
  return ::getsockopt(socket, IPPROTO_TCP, TCP_ULP, ulp.data(), &length) != 0 || length == 0;
}

std::optional<std::uint64_t> socket_cookie(int socket) {
  std::uint64_t cookie = 0;
  socklen_t length = sizeof(cookie);
  if (::getsockopt(socket, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0) return std::nullopt;
  return cookie;
}

double send_buffer_load(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof(memory);
  if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) return 0;
  return static_cast<double>(memory[SK_MEMINFO_WMEM_QUEUED]) / std::max(1U, memory[SK_MEMINFO_SNDBUF]);
}

void fix_receive_buffer(int socket, std::uint32_t bytes) {
  // The kernel doubles the value, for its own overhead; and leaves the window's limit where it was.
  const int size = static_cast<int>(bytes);
  if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0) return;
  ::setsockopt(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, &size, sizeof(size));
}

void fix_send_buffer(int socket, std::uint32_t bytes) {
  const int size = static_cast<int>(bytes / 2);  // the kernel doubles it
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
}

std::uint64_t send_buffer_wanted(int socket) {
  const auto info = tcp_info_of(socket);
  // Twice the window, as net/ipv4/tcp_input.c, tcp_sndbuf_expand(): one to be acknowledged, one to be sent meanwhile.
  return info ? std::uint64_t{2} * info->tcpi_snd_cwnd * info->tcpi_snd_mss : 0;
}

std::uint64_t delivery_rate(int socket) {
  const auto info = tcp_info_of(socket);
  return info ? info->tcpi_delivery_rate : 0;
}

std::chrono::microseconds round_trip(int socket) {
  const auto info = tcp_info_of(socket);
  if (!info) return {};
  // tcpi_min_rtt is ~0 while unknown.
  return std::chrono::microseconds(info->tcpi_min_rtt == ~0U ? info->tcpi_rtt : info->tcpi_min_rtt);
}

void kick(int socket) {
  // tcp_set_rcvlowat() ends in tcp_data_ready(), with the socket locked (net/ipv4/tcp.c).
  const int low_water = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &low_water, sizeof(low_water));
}

}  // namespace realpeer::kernel
