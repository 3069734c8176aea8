#include "session/http/upgrade.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "session/account.h"
#include "session/http/companion.h"

namespace realpeer::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t piece_size = std::size_t{16} * 1024;

std::string take(boost::beast::flat_buffer& buffer) {
  std::string bytes(static_cast<const char*>(buffer.data().data()), buffer.size());
  buffer.clear();
  return bytes;
}

// Both directions of a connection whose client's side is TLS.
class Tunnel {
 public:
  Tunnel(Conversation& conversation, RequestAccount& account, tcp::socket& backend)
      : conversation_(conversation),
        account_(account),
        backend_(backend),
        quiet_(backend),
        sending_(backend),
        inwards_(backend.get_executor()) {}

  // To the end of both; how it ended. TLS has no half-closed connection: when the backend is done, all is.
  asio::awaitable<std::string_view> run() {
    inwards_.start(copy_in());
    co_await copy_out();
    error_code ignored;
    while (inwards_.running()) {
      conversation_.stream.socket().cancel(ignored);
      backend_.cancel(ignored);
      co_await inwards_.wait(std::chrono::milliseconds(10));
    }
    co_return end_;
  }

 private:
  [[nodiscard]] std::chrono::milliseconds idle() const { return conversation_.timeouts().idle; }

  // The first reason counts; what follows is our own doing.
  void note(std::string_view end) {
    if (end_.empty()) end_ = end;
  }

  // Ends the other direction as well.
  void give_up(std::string_view end) {
    note(end);
    error_code ignored;
    backend_.cancel(ignored);
  }

  asio::awaitable<void> copy_in() {
    for (;;) {
      const auto error = co_await read_client(conversation_, piece_size);
      if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) break;
      if (error) co_return give_up("client_reset");
      quiet_.at_most(idle());
      const std::string bytes = take(conversation_.in);
      account_.received(bytes.size());
      const auto failed = co_await write_backend(backend_, sending_, idle(), bytes);
      if (failed) co_return give_up("backend_reset");
    }
    error_code ignored;
    backend_.shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::awaitable<void> copy_out() {
    const auto piece = std::make_unique<std::array<char, piece_size>>();
    for (;;) {
      quiet_.at_most(idle());
      const auto [error, got] =
          co_await backend_.async_read_some(asio::buffer(*piece), asio::as_tuple(asio::use_awaitable));
      if (quiet_.over()) co_return note("idle_timeout");
      if (error) co_return note(error == asio::error::eof ? "closed" : "backend_reset");
      const auto failed = co_await write_client(conversation_, idle(), std::string_view(piece->data(), got));
      if (failed) co_return note("client_reset");
      account_.sent(got);
    }
  }

  Conversation& conversation_;
  RequestAccount& account_;
  tcp::socket& backend_;
  SocketPatience quiet_;  // of both directions
  SocketPatience sending_;
  Companion inwards_;
  std::string_view end_;
};

}  // namespace

asio::awaitable<After> go_on_with_bytes(Conversation& conversation, RequestAccount& account,
                                        const http::Response& response, Connected& backend,
                                        boost::beast::flat_buffer& left, ClientPlace place) {
  account.record.request->status = response.status;
  const std::string outwards = http::head_for_client(response, false) + take(left);
  // Impatient clients send before they are told that they may.
  const std::string inwards = take(conversation.in) + conversation.stream.take_bytes();
  account.sent(outwards.size());
  account.received(inwards.size());
  auto error = co_await write_client(conversation, outwards);
  if (!error) {
    SocketPatience patience(backend.socket);
    error = co_await write_backend(backend.socket, patience, conversation.timeouts().body, inwards);
  }
  if (error) {
    account.ended("client_reset");
    co_return After::reset;
  }
  if (conversation.stream.tls() != nullptr) {
    Tunnel tunnel(conversation, account, backend.socket);
    const auto how = co_await tunnel.run();
    backend.lease.release();
    account.ended(how);
    co_return After::close;
  }
  auto& shared = conversation.shared();
  conversation.tracked->become(account.hand_over());
  if (!place.held()) place = std::move(conversation.place);
  conversation.worker.pump.engage(
      {.client = kernel::UniqueFd(conversation.accepted.socket.release()),
       .backend = kernel::UniqueFd(backend.socket.release()),
       .owner = std::make_unique<Engaged>(conversation.accepted.generation, std::move(conversation.tickets),
                                          std::move(place), std::move(backend.lease), std::move(conversation.tracked)),
       .splice = shared.splice != nullptr});
  co_return After::handed_over;
}

}  // namespace realpeer::session
