// What the kernel says of a TCP socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace realpeer::kernel {

// Bytes written to the socket so far, by anyone: acknowledged ones and those still in its send queue. Only
// differences mean anything. Never more than the truth; less by what is acknowledged during the call. Unlike
// TCP_INFO's bytes_sent, neither figure depends on whether a transmission succeeded.
std::uint64_t bytes_written(int socket);

// bytes_written(), exact. For a socket nobody writes to during the call; nothing when acknowledgements come in
// faster than they can be read.
std::optional<std::uint64_t> exact_bytes_written(int socket);

// Whether the other side reset the connection, or it ended otherwise than by both FINs.
bool is_reset(int socket);

// Whether the other side of a connection made here has shown to be past its handshake: it acknowledged more than the
// SYN, or sent something.
bool is_answered(int socket);

// Whether the socket can be spliced: plain TCP, neither MPTCP nor under a ULP such as kTLS.
bool is_plain_tcp(int socket);

// Number the kernel never gives to another socket (SO_COOKIE).
std::optional<std::uint64_t> socket_cookie(int socket);

// How full the send buffer is, 0 to 1 (or a little more); what the kernel counts, that is memory.
double send_buffer_load(int socket);

// Fixes the receive buffer for `bytes` of payload, and thereby what a sender can have under way. Left to itself the
// kernel grows it up to net.ipv4.tcp_rmem[2], 32 MiB on recent kernels. Needs CAP_NET_ADMIN where `bytes` is over
// net.core.rmem_max; without it the kernel goes on growing. Never shrink it under a sender that has more under way:
// the kernel would drop that.
void fix_receive_buffer(int socket, std::uint32_t bytes);

// Fixes the send buffer, in bytes of memory. Left to itself the kernel sizes it by the congestion window, but looks
// only when a writer found it full, which the kernel's own redirects never do. Needs CAP_NET_ADMIN where `bytes` is
// over twice net.core.wmem_max.
void fix_send_buffer(int socket, std::uint32_t bytes);

// Memory that a send buffer needs for the present congestion window to be the limit: what the kernel would give it.
std::uint64_t send_buffer_wanted(int socket);

// Bytes a second that the socket delivered of late.
std::uint64_t delivery_rate(int socket);

// Shortest round trip seen on the socket.
std::chrono::microseconds round_trip(int socket);

// Runs the socket's data-ready, and waits for any that is running: what is queued reaches the verdict.
void kick(int socket);

}  // namespace realpeer::kernel
