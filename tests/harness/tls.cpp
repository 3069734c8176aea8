#include "harness/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <stdexcept>

namespace realpeer::testing {
namespace {

[[noreturn]] void fail(const char* what) {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  throw std::runtime_error(std::string(what) + ": " + (reason == nullptr ? "the connection ended" : reason));
}

void bound(int descriptor) {
  const timeval deadline{kDeadline.count() / 1000, 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    ::setsockopt(descriptor, SOL_SOCKET, option, &deadline, sizeof deadline);
  }
}

}  // namespace

void TlsSocket::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void TlsSocket::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsSocket::TlsSocket(Socket socket, const std::string& server_name)
    : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
  bound(socket_.descriptor());
  SSL_set_fd(ssl_.get(), socket_.descriptor());
  if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
  ERR_clear_error();
  if (SSL_connect(ssl_.get()) != 1) fail("TLS handshake");
}

TlsSocket::~TlsSocket() = default;

void TlsSocket::send_all(std::string_view bytes) {
  ERR_clear_error();
  if (!bytes.empty() && SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) fail("TLS write");
}

std::size_t TlsSocket::receive(std::span<char> into) {
  ERR_clear_error();
  const int got = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
  if (got > 0) return static_cast<std::size_t>(got);
  if (SSL_get_error(ssl_.get(), got) != SSL_ERROR_ZERO_RETURN) fail("TLS read");
  return 0;
}

std::string TlsSocket::receive_exactly(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t have = 0; have < count;) {
    const auto got = receive(std::span(bytes).subspan(have));
    if (got == 0) throw std::runtime_error("the TLS stream ended early");
    have += got;
  }
  return bytes;
}

void TlsSocket::end() { SSL_shutdown(ssl_.get()); }

bool TlsSocket::ends_in_order() {
  char byte = 0;
  try {
    if (receive({&byte, 1}) == 0) return true;
  } catch (const std::runtime_error&) {
    return false;
  }
  throw std::runtime_error("a byte where the end should be");
}

std::string TlsSocket::names() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::string all;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const ASN1_STRING* name = sk_GENERAL_NAME_value(names, i)->d.dNSName;
    all += (all.empty() ? "" : ", ") + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name)),
                                                   static_cast<std::size_t>(ASN1_STRING_length(name)));
  }
  GENERAL_NAMES_free(names);
  return all;
}

}  // namespace realpeer::testing
