#include "session/http/conversation.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

template <typename Stream>
asio::awaitable<error_code> write_all(Stream& stream, SocketPatience& patience, std::chrono::milliseconds stall,
                                      std::string_view bytes) {
  while (!bytes.empty()) {
    patience.at_most(stall);
    const auto [error, written] =
        co_await stream.async_write_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    patience.forever();
    if (error) co_return error;
    bytes.remove_prefix(written);
  }
  co_return error_code();
}

}  // namespace

void RequestAccount::refused(const Refusal& refusal) {
  record.reason = refusal.reason;
  record.looks_like = refusal.looks_like;
  record.detail = refusal.detail;
  ended(refusal.end);
}

void RequestAccount::received(std::uint64_t count) {
  record.bytes_in += count;
  conversation_.tally().moved(observe::Direction::in, observe::Path::relay, count);
}

void RequestAccount::sent(std::uint64_t count) {
  record.bytes_out += count;
  conversation_.tally().moved(observe::Direction::out, observe::Path::relay, count);
}

void RequestAccount::ended(std::string_view how) {
  record.end = how;
  auto& tally = conversation_.tally();
  ++tally.requests[std::min(record.request->status / 100U, 5U)];
  written_ = true;
  note_end(conversation_.shared(), tally, record);
}

asio::awaitable<error_code> read_client(Conversation& conversation, std::size_t most) {
  auto space = conversation.in.prepare(most);
  const auto [error, got] =
      co_await conversation.stream.async_read_some(asio::mutable_buffer(space), asio::as_tuple(asio::use_awaitable));
  conversation.in.commit(got);
  co_return error;
}

asio::awaitable<error_code> write_client(Conversation& conversation, std::string_view bytes) {
  return write_all(conversation.stream, conversation.writing, conversation.timeouts().body, bytes);
}

asio::awaitable<error_code> write_client(Conversation& conversation, std::chrono::milliseconds stall,
                                         std::string_view bytes) {
  return write_all(conversation.stream, conversation.writing, stall, bytes);
}

asio::awaitable<error_code> write_backend(asio::ip::tcp::socket& socket, SocketPatience& patience,
                                          std::chrono::milliseconds stall, std::string_view bytes) {
  return write_all(socket, patience, stall, bytes);
}

}  // namespace realpeer::session
