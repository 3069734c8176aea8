// A client's connection as requests come over it: plain, or through TLS that ends here.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <string>
#include <utility>

namespace realpeer::session {

// A socket of which some bytes were read before, as the stages before had to: they come first.
class ReadAhead {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;
  using lowest_layer_type = Socket::lowest_layer_type;

  ReadAhead(Socket& socket, std::string bytes) : socket_(socket), bytes_(std::move(bytes)) {}

  executor_type get_executor() { return socket_.get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }
  [[nodiscard]] bool has_bytes() const { return !bytes_.empty(); }
  std::string take_bytes() { return std::exchange(bytes_, {}); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (bytes_.empty()) return socket_.async_read_some(into, std::move(handler));
          const auto copied = boost::asio::buffer_copy(into, boost::asio::buffer(bytes_));
          bytes_.erase(0, copied);
          auto executor = boost::asio::get_associated_executor(handler, socket_.get_executor());
          boost::asio::post(executor, [copied, handler = std::move(handler)]() mutable {
            std::move(handler)(boost::system::error_code(), copied);
          });
        },
        token, buffers);
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Socket& socket_;
  std::string bytes_;
};

class ClientStream {
 public:
  using Socket = ReadAhead::Socket;
  using Tls = boost::asio::ssl::stream<ReadAhead&>;
  using executor_type = Socket::executor_type;

  ClientStream(Socket& socket, std::string bytes) : socket_(socket), plain_(socket, std::move(bytes)) {}

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  Tls& begin_tls(boost::asio::ssl::context& context) { return tls_.emplace(plain_, context); }
  Tls* tls() { return tls_ ? &*tls_ : nullptr; }
  // Bytes may be here that no event of the socket tells of.
  [[nodiscard]] bool may_hold_bytes() const { return tls_ || plain_.has_bytes(); }
  // Of a plain connection, the bytes that were read before and not taken yet.
  std::string take_bytes() { return plain_.take_bytes(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                : plain_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                : plain_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Socket& socket_;
  ReadAhead plain_;
  std::optional<Tls> tls_;
};

}  // namespace realpeer::session
