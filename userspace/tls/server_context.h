// What a listener ends TLS with: its certificates, and how OpenSSL is to use them.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tls/server_names.h"

namespace realpeer::tls {

struct KeyPair {
  std::string certificate;  // path of a PEM file: the chain, the server's own first
  std::string key;          // path of a PEM file
};

struct ServerSettings {
  std::vector<KeyPair> pairs;  // at least one; the first is for names that none is for, and for clients that name none
  bool only_tls_1_3 = false;   // else TLS 1.2 too
  std::string session_id{};    // tells the listener's sessions from other listeners': they resume here only
};

struct ServerCertificate {
  std::string file;
  std::vector<std::string> names;  // of its subjectAltName (DNS and IP), else the common name; lower case
  std::chrono::system_clock::time_point expires;
};

// Why a pair cannot be used. `pair` is its index in ServerSettings::pairs.
struct BadPair {
  std::size_t pair = 0;
  std::string text;  // names the file and the remedy; one line
};

// Read-only once loaded, and shared by all threads. Outlives the handshakes made with it. An expired certificate is
// used all the same: clients refuse it better than they understand a listener that is gone.
class ServerContext {
 public:
  static boost::system::result<std::shared_ptr<ServerContext>, BadPair> load(const ServerSettings& settings);

  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  // For each handshake. A certificate is chosen by the server name: an exact name before a wildcard, which takes one
  // label; ALPN: http/1.1; a client that offers protocols and not that one is refused (alert
  // no_application_protocol, RFC 7301).
  boost::asio::ssl::context& context() { return contexts_.front(); }
  [[nodiscard]] const std::vector<ServerCertificate>& certificates() const { return certificates_; }

 private:
  ServerContext() = default;

  // The context of the pair that the client's hello asks for takes the place of the first.
  static int choose(SSL* ssl, int* alert, void* self);

  std::vector<boost::asio::ssl::context> contexts_;  // one per pair
  std::vector<ServerCertificate> certificates_;      // likewise
  ServerNames names_;
};

}  // namespace realpeer::tls
