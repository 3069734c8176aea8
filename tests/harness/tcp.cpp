#include "harness/tcp.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace realpeer::testing {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void set(int descriptor, int level, int option, int value) {
  if (::setsockopt(descriptor, level, option, &value, sizeof value) < 0) fail("setsockopt");
}

Socket make_socket(const Netns& netns, const Endpoint& kin, const SocketOptions& options) {
  const int family = kin.address().is_v6() ? AF_INET6 : AF_INET;
  Socket socket(in_netns(netns, [&] { return ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  // The forced forms ignore the host's wmem_max and rmem_max, so a test means the same everywhere.
  if (options.send_buffer > 0) set(socket.descriptor(), SOL_SOCKET, SO_SNDBUFFORCE, options.send_buffer);
  if (options.receive_buffer > 0) set(socket.descriptor(), SOL_SOCKET, SO_RCVBUFFORCE, options.receive_buffer);
  return socket;
}

bool wait_for(int descriptor, short events, Duration bound) {
  pollfd poll{descriptor, events, 0};
  return ::poll(&poll, 1, static_cast<int>(bound.count())) > 0;
}

template <typename Call>
Endpoint name_of(int descriptor, Call call) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (call(descriptor, endpoint.data(), &size) < 0) fail("socket name");
  endpoint.resize(size);
  return endpoint;
}

}  // namespace

Endpoint endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) throw std::invalid_argument("not ADDR:PORT: " + std::string(text));
  auto host = text.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return {boost::asio::ip::make_address(host), port};
}

std::string to_string(const Endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

std::string_view to_string(End end) {
  switch (end) {
    case End::eof: return "FIN";
    case End::reset: return "RST";
    case End::deadline: return "nothing";
  }
  return "";
}

Socket::Socket(int descriptor) : descriptor_(descriptor) {
  if (descriptor < 0) fail("socket");
}

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket::~Socket() { close(); }

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Socket::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(descriptor_, POLLOUT, kDeadline)) throw std::runtime_error("deadline while sending");
    bytes.remove_prefix(send_some(bytes));
  }
}

std::size_t Socket::send_some(std::string_view bytes) {
  const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EINTR) return 0;
  fail("send");
}

void Socket::send_bytewise(std::string_view bytes) {
  set(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  for (const char& byte : bytes) {
    send_all({&byte, 1});
    // After an RST nothing is acknowledged any more; the next send says so.
    if (!eventually([&] { return unacknowledged() == 0 || wait_for(descriptor_, POLLHUP, Duration{0}); }, kDeadline,
                    Duration{0}))
      throw std::runtime_error("deadline while a byte was on its way");
  }
}

std::size_t Socket::receive(std::span<char> into) {
  for (;;) {
    if (!wait_for(descriptor_, POLLIN, kDeadline)) throw std::runtime_error("deadline while receiving");
    const auto got = ::recv(descriptor_, into.data(), into.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EINTR) fail("receive");
  }
}

std::string Socket::receive_exactly(std::size_t bytes) {
  std::string result(bytes, '\0');
  for (std::size_t have = 0; have < bytes;) {
    const auto got = receive(std::span(result).subspan(have));
    if (got == 0)
      throw std::runtime_error("end of stream after " + std::to_string(have) + " of " + std::to_string(bytes) +
                               " bytes");
    have += got;
  }
  return result;
}

std::string Socket::receive_until_eof() {
  std::string result;
  std::array<char, 65536> buffer;
  while (const auto got = receive(buffer)) result.append(buffer.data(), got);
  return result;
}

bool Socket::readable_within(Duration bound) const { return wait_for(descriptor_, POLLIN, bound); }

Socket::Ending Socket::ending(Duration bound) {
  Ending result{End::deadline, {}};
  const auto deadline = Clock::now() + bound;
  std::array<char, 65536> buffer;
  while (readable_within(std::max(Duration{0}, std::chrono::duration_cast<Duration>(deadline - Clock::now())))) {
    const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      result.bytes.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno == ECONNRESET || errno == EPIPE) {
      result.end = got == 0 ? End::eof : End::reset;
      break;
    }
  }
  return result;
}

bool Socket::send_fails_within(Duration bound) {
  const std::string chunk(16384, 'x');
  return eventually(
      [&] {
        try {
          send_some(chunk);
          return false;
        } catch (const std::system_error&) {
          return true;
        }
      },
      bound);
}

void Socket::shutdown_write() {
  if (::shutdown(descriptor_, SHUT_WR) < 0) fail("shutdown");
}

void Socket::reset() {
  const linger at_once{1, 0};
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0) fail("SO_LINGER");
  close();
}

Endpoint Socket::local() const { return name_of(descriptor_, ::getsockname); }
Endpoint Socket::remote() const { return name_of(descriptor_, ::getpeername); }

std::size_t Socket::unacknowledged() const {
  int bytes = 0;
  if (::ioctl(descriptor_, SIOCOUTQ, &bytes) < 0) fail("SIOCOUTQ");
  return static_cast<std::size_t>(bytes);
}

Socket connect(const Netns& netns, const Endpoint& to, const SocketOptions& options) {
  Socket socket = make_socket(netns, to, options);
  if (options.from && ::bind(socket.descriptor(), options.from->data(), static_cast<socklen_t>(options.from->size())))
    fail("bind");
  // SO_SNDTIMEO bounds a blocking connect.
  const timeval deadline{kDeadline.count() / 1000, 0};
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
  if (::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size())) < 0) fail("connect");
  return socket;
}

Listener::Listener(const Netns& netns, const Endpoint& at, const SocketOptions& options)
    : socket_(make_socket(netns, at, options)) {
  set(socket_.descriptor(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(socket_.descriptor(), at.data(), static_cast<socklen_t>(at.size())) < 0) fail("bind");
  if (::listen(socket_.descriptor(), 4096) < 0) fail("listen");
  if (::fcntl(socket_.descriptor(), F_SETFL, O_NONBLOCK) < 0) fail("O_NONBLOCK");
}

Socket Listener::accept(Duration bound) {
  // Several threads may wait here; the listener does not block, so one that comes too late waits for the next.
  while (pending_within(bound)) {
    const int accepted = ::accept4(socket_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) return Socket(accepted);
    if (errno != EAGAIN && errno != EINTR) fail("accept");
  }
  throw std::runtime_error("nobody connected to " + to_string(at()));
}

bool listening(const Netns& netns, std::uint16_t port) {
  return in_netns(netns, [port] {
    for (const char* path : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"}) {
      std::ifstream table(path);
      std::string line;
      while (std::getline(table, line)) {
        // "  sl  local_address rem_address   st": ADDRESS:PORT in hex; state 0A is LISTEN.
        std::istringstream words(line);
        std::string slot, local, remote, state;
        words >> slot >> local >> remote >> state;
        const auto colon = local.rfind(':');
        if (state != "0A" || colon == std::string::npos) continue;
        if (std::stoul(local.substr(colon + 1), nullptr, 16) == port) return true;
      }
    }
    return false;
  });
}

std::vector<std::uint16_t> ports_bound_by(const std::string& configuration) {
  static const std::regex keyword_and_port(R"re(\b(?:listen|bind):?\s+"?[^\s",;]*:(\d+))re");
  std::vector<std::uint16_t> ports;
  for (std::sregex_iterator match(configuration.begin(), configuration.end(), keyword_and_port), end; match != end;
       ++match)
    ports.push_back(static_cast<std::uint16_t>(std::stoul((*match)[1])));
  if (ports.empty()) throw std::invalid_argument("this configuration binds no port:\n" + configuration);
  return ports;
}

}  // namespace realpeer::testing
