#include "tls/server_context.h"

#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "tls/certificate.h"
#include "tls/pem.h"

namespace realpeer::tls {

namespace {

namespace asio = boost::asio;

// Of TLS 1.2: forward secrecy and AEAD only (RFC 9325, section 4.2). Those of 1.3 are all so.
constexpr const char* ciphers_of_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

constexpr std::string_view alpn_list = "\x08http/1.1";

int choose_protocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void* /*unused*/) {
  // OpenSSL points into either list, and its declaration knows no const.
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, length, reinterpret_cast<const unsigned char*>(alpn_list.data()),
                                            static_cast<unsigned>(alpn_list.size()), offered, offered_length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Any length of it is told apart, not only the 32 bytes that OpenSSL takes.
void set_session_id(SSL_CTX* context, const std::string& id) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(id.data()), id.size(), digest.data());
  SSL_CTX_set_session_id_context(context, digest.data(), digest.size());
}

// The same for every pair: of what the first context is asked for and what the chosen one, OpenSSL keeps no clear line.
void configure(SSL_CTX* context, const ServerSettings& settings) {
  SSL_CTX_set_min_proto_version(context, settings.only_tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  if (SSL_CTX_set_cipher_list(context, ciphers_of_1_2) != 1) {
    throw std::runtime_error("OpenSSL has no cipher of TLS 1.2: " + take_error());
  }
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // An idle connection keeps no buffers; and what is sent is what the file holds, not what OpenSSL finds elsewhere.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  // Sessions resume by tickets, whose keys are the first context's: nothing is kept, and no lock is shared.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  set_session_id(context, settings.session_id);
  // Early data can be replayed (RFC 8446, section 8).
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

std::string unusable(const KeyPair& pair) {
  return "certificate '" + pair.certificate + "' with key '" + pair.key + "' cannot be used: " + take_error() +
         ": make a pair that OpenSSL takes, as of EC P-256 or RSA with 2048 bits";
}

// Puts the pair into the context; the error, or nothing.
std::optional<std::string> use(SSL_CTX* context, const KeyPair& pair, X509* own, EVP_PKEY* key) {
  if (X509_check_private_key(own, key) != 1) {
    take_error();
    return "key '" + pair.key + "' is not the key of the first certificate in '" + pair.certificate +
           "': name its key, and put the server's own certificate first in the chain";
  }
  if (SSL_CTX_use_certificate(context, own) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1) return unusable(pair);
  return std::nullopt;
}

boost::system::result<ServerCertificate, PemProblem> load_pair(SSL_CTX* context, const KeyPair& pair) {
  const auto chain = read_chain(pair.certificate);
  if (!chain) return chain.error();
  const auto key = read_key(pair.key);
  if (!key) return key.error();
  X509* own = chain->front().get();
  if (auto bad = use(context, pair, own, key->get())) return PemProblem{std::move(*bad)};
  for (auto issuer = chain->begin() + 1; issuer != chain->end(); ++issuer) {
    if (SSL_CTX_add1_chain_cert(context, issuer->get()) != 1) return PemProblem{unusable(pair)};
  }
  return ServerCertificate{pair.certificate, names_of(*own), expiry_of(*own)};
}

}  // namespace

boost::system::result<std::shared_ptr<ServerContext>, BadPair> ServerContext::load(const ServerSettings& settings) {
  const std::shared_ptr<ServerContext> loaded(new ServerContext());
  for (std::size_t i = 0; i < settings.pairs.size(); ++i) {
    SSL_CTX* context = loaded->contexts_.emplace_back(asio::ssl::context::tls_server).native_handle();
    configure(context, settings);
    auto certificate = load_pair(context, settings.pairs[i]);
    if (!certificate) return BadPair{i, certificate.error().text};
    for (const std::string& name : certificate->names) loaded->names_.add(name, i);
    loaded->certificates_.push_back(std::move(*certificate));
  }
  SSL_CTX* first = loaded->context().native_handle();
  SSL_CTX_set_tlsext_servername_callback(first, choose);
  SSL_CTX_set_tlsext_servername_arg(first, loaded.get());
  return loaded;
}

int ServerContext::choose(SSL* ssl, int* /*alert*/, void* self) {
  auto& contexts = static_cast<ServerContext*>(self)->contexts_;
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const auto chosen = static_cast<ServerContext*>(self)->names_.find(name).value_or(0);
  SSL_set_SSL_CTX(ssl, contexts[chosen].native_handle());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace realpeer::tls
