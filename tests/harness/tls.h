// A TLS client on a socket, with every move its test's own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/tcp.h"

struct ssl_ctx_st;
struct ssl_st;

namespace realpeer::testing {

// Whoever answers is believed: whose certificate it is, curl and openssl look at.
class TlsSocket {
 public:
  // The handshake; throws with OpenSSL's words when it fails.
  explicit TlsSocket(Socket socket, const std::string& server_name = "");
  ~TlsSocket();
  TlsSocket(TlsSocket&&) noexcept = default;
  TlsSocket& operator=(TlsSocket&&) noexcept = default;

  void send_all(std::string_view bytes);
  std::string receive_exactly(std::size_t count);
  // 0 at the end; throws when the connection is cut instead.
  std::size_t receive(std::span<char> into);
  // Sends close_notify: nothing more will come from here.
  void end();
  // Whether it ends by close_notify, after nothing more; throws when bytes come.
  bool ends_in_order();

  [[nodiscard]] const Socket& socket() const { return socket_; }
  // The names of the server's certificate, joined with ", ".
  [[nodiscard]] std::string names() const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* ssl) const;
  };

  Socket socket_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
};

}  // namespace realpeer::testing
