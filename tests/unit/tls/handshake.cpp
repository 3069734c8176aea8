#include "handshake.h"

#include <openssl/err.h>

#include "tls/certificate.h"

namespace realpeer::tls::handshakes {
namespace {

Context context_of(const Client& client) {
  Context context(SSL_CTX_new(TLS_client_method()));
  // Else OpenSSL itself would refuse to speak the old versions that a server must refuse.
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), client.version);
  SSL_CTX_set_max_proto_version(context.get(), client.version);
  return context;
}

void ask(SSL* ssl, const Client& client) {
  if (!client.server_name.empty()) SSL_set_tlsext_host_name(ssl, client.server_name.c_str());
  std::string list;
  for (const std::string& protocol : client.alpn) list += static_cast<char>(protocol.size()) + protocol;
  if (!list.empty()) {
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned>(list.size()));
  }
  if (client.session != nullptr) SSL_set_session(ssl, client.session.get());
}

void join(SSL* client, SSL* server) {
  BIO* clients = nullptr;
  BIO* servers = nullptr;
  BIO_new_bio_pair(&clients, 0, &servers, 0);
  SSL_set_bio(client, clients, clients);
  SSL_set_bio(server, servers, servers);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
}

bool waits(SSL* ssl, int outcome) {
  const int error = SSL_get_error(ssl, outcome);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

}  // namespace

Handshake::Handshake(SSL_CTX* server, const Client& client)
    : context_(context_of(client)), client_(SSL_new(context_.get())), server_(SSL_new(server)) {
  ask(client_.get(), client);
  join(client_.get(), server_.get());
  run();
}

void Handshake::run() {
  constexpr int rounds = 50;
  bool client_done = false;
  bool server_done = false;
  for (int round = 0; round < rounds && !(client_done && server_done); ++round) {
    ERR_clear_error();
    const int connected = SSL_do_handshake(client_.get());
    client_done = connected == 1;
    if (!client_done && !waits(client_.get(), connected)) {
      failure_ = ERR_reason_error_string(ERR_peek_error());
      return;
    }
    ERR_clear_error();
    server_done = SSL_do_handshake(server_.get()) == 1;
  }
  if (!client_done || !server_done) failure_ = "never ends";
  // The tickets of TLS 1.3 come after the handshake.
  char none = 0;
  SSL_read(client_.get(), &none, 0);
  SSL_peek(client_.get(), &none, 1);
}

std::vector<std::string> Handshake::sent() const {
  std::vector<std::string> names;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(client_.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto own = names_of(*sk_X509_value(chain, i));
    names.push_back(own.empty() ? "" : own.front());
  }
  return names;
}

std::string Handshake::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(client_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

// A copy, since OpenSSL spoils the session of a connection that is freed without a farewell.
Session Handshake::session() const { return {SSL_SESSION_dup(SSL_get_session(client_.get())), SSL_SESSION_free}; }

}  // namespace realpeer::tls::handshakes
