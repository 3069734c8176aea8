// A handshake of a real client with a context under test, in memory.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace realpeer::tls::handshakes {

template <auto Free>
struct FreedBy {
  void operator()(auto* object) const { Free(object); }
};
using Context = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, FreedBy<SSL_free>>;
using Session = std::shared_ptr<SSL_SESSION>;

struct Client {
  std::string server_name = {};        // empty: none is sent
  std::vector<std::string> alpn = {};  // likewise
  int version = TLS1_3_VERSION;        // the only one
  Session session = {};                // to resume
};

class Handshake {
 public:
  // Runs it to its end.
  Handshake(SSL_CTX* server, const Client& client);

  [[nodiscard]] bool done() const { return failure_.empty(); }
  // Why the client gave up: "tlsv1 alert protocol version".
  [[nodiscard]] const std::string& failure() const { return failure_; }

  // The common name or the first name of each certificate the server sent, its own first.
  [[nodiscard]] std::vector<std::string> sent() const;
  [[nodiscard]] bool resumed() const { return SSL_session_reused(client_.get()) == 1; }
  [[nodiscard]] std::string alpn() const;
  [[nodiscard]] Session session() const;
  [[nodiscard]] SSL* client() const { return client_.get(); }
  [[nodiscard]] SSL* server() const { return server_.get(); }

 private:
  void run();

  Context context_;
  Connection client_;
  Connection server_;
  std::string failure_;
};

}  // namespace realpeer::tls::handshakes
