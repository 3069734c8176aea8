// Blocking TCP sockets with deadlines, for the two ends of a chain under test.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/netns.h"
#include "harness/wait.h"

namespace realpeer::testing {

using Endpoint = boost::asio::ip::tcp::endpoint;

// "192.0.2.1:80" or "[2001:db8::1]:443", both ways; the form of the access log.
Endpoint endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);

// How a stream ended, as its reader saw it.
enum class End { eof, reset, deadline };
std::string_view to_string(End end);

// Every blocking call gives up after kDeadline without progress and throws, so no test hangs.
inline constexpr Duration kDeadline{20'000};

class Socket {
 public:
  explicit Socket(int descriptor);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  void send_all(std::string_view bytes);
  // Sends what the socket takes without blocking; 0 when it takes nothing.
  std::size_t send_some(std::string_view bytes);
  // Sends each byte as a segment of its own: the next one leaves when the last is acknowledged.
  void send_bytewise(std::string_view bytes);

  // 0 at the end of the stream; throws std::system_error (ECONNRESET after an RST) and on the deadline.
  std::size_t receive(std::span<char> into);
  std::string receive_exactly(std::size_t bytes);
  std::string receive_until_eof();
  // Whether anything, an end included, can be read within the bound.
  [[nodiscard]] bool readable_within(Duration bound) const;

  struct Ending {
    End end;
    std::string bytes;  // what came before it
  };
  // Reads to the end of the stream, whichever way it ends.
  Ending ending(Duration bound = kDeadline);
  // The same while sending, for a sender that would not notice: whether a send failed within the bound.
  bool send_fails_within(Duration bound);

  void shutdown_write();
  void reset();  // closes with an RST
  void close();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] Endpoint local() const;
  [[nodiscard]] Endpoint remote() const;
  [[nodiscard]] std::size_t unacknowledged() const;  // bytes sent and not yet acknowledged by the other side's kernel

 private:
  int descriptor_;
};

struct SocketOptions {
  std::optional<Endpoint> from = std::nullopt;
  int send_buffer = 0;     // SO_SNDBUF in bytes; 0 leaves the kernel to tune it
  int receive_buffer = 0;  // SO_RCVBUF, set before the window is agreed
};

// Throws std::system_error with the kernel's errno when the connection fails.
Socket connect(const Netns& netns, const Endpoint& to, const SocketOptions& options = {});

class Listener {
 public:
  Listener(const Netns& netns, const Endpoint& at, const SocketOptions& options = {});

  Socket accept(Duration bound = kDeadline);
  [[nodiscard]] bool pending_within(Duration bound) const { return socket_.readable_within(bound); }
  [[nodiscard]] Endpoint at() const { return socket_.local(); }
  [[nodiscard]] int descriptor() const { return socket_.descriptor(); }
  void close() { socket_.close(); }

 private:
  Socket socket_;
};

// Whether something listens on the port in the namespace, as /proc/net/tcp and tcp6 show it.
bool listening(const Netns& netns, std::uint16_t port);

// The ports a server's configuration binds: `listen ADDR:PORT`, `bind ADDR:PORT` and `bind: "ADDR:PORT"`.
// One that binds none is a mistake of the test's, and throws.
std::vector<std::uint16_t> ports_bound_by(const std::string& configuration);

}  // namespace realpeer::testing
