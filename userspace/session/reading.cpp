#include "session/reading.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace realpeer::session {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<Read> read_more(tcp::socket& socket, std::string& bytes, const net::Deadline<tcp::socket>& deadline) {
  for (;;) {
    if (deadline.expired()) co_return Read::timeout;
    const auto [error] = co_await socket.async_wait(tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
    if (deadline.expired()) co_return Read::timeout;
    if (error) co_return Read::reset;
    const Read read = read_available(socket, bytes);
    if (read != Read::nothing) co_return read;
  }
}

Read read_available(tcp::socket& socket, std::string& bytes) {
  // One for all connections of the thread, so that each keeps what it got and no more.
  static thread_local std::array<char, read_size> buffer;
  const auto got = ::recv(socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    return Read::some;
  }
  if (got == 0) return Read::end;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Read::nothing : Read::reset;
}

}  // namespace realpeer::session
