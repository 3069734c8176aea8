#include "session/http/closing.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "session/reading.h"

namespace realpeer::session {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds patience{2};
// A client that goes on sending is not listening.
constexpr std::size_t most_unread = std::size_t{1} << 20;

}  // namespace

asio::awaitable<void> close_in_order(Conversation& conversation) {
  auto& socket = conversation.stream.socket();
  const net::Deadline deadline(socket, std::chrono::steady_clock::now() + patience);
  if (auto* tls = conversation.stream.tls()) {
    // Sends close_notify, and waits for the client's; what else it sent is read below.
    co_await tls->async_shutdown(asio::as_tuple(asio::use_awaitable));
  }
  boost::system::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::string unread;
  for (std::size_t total = 0; total < most_unread; total += unread.size()) {
    unread.clear();
    if (co_await read_more(socket, unread, deadline) != Read::some) break;
  }
  socket.close(ignored);
}

}  // namespace realpeer::session
