#include "harness/issued.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace realpeer::testing {
namespace {

template <auto Free>
struct FreedBy {
  void operator()(auto* object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, FreedBy<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedBy<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Key new_key(const Wanted& wanted) {
  EVP_PKEY* key = nullptr;
  switch (wanted.key) {
    case KeyKind::ec: key = EVP_EC_gen("P-256"); break;
    case KeyKind::rsa: key = EVP_RSA_gen(static_cast<unsigned>(wanted.rsa_bits)); break;
    case KeyKind::ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
  }
  require(key != nullptr, "no key");
  return Key(key);
}

template <typename Write>
std::string written(const Write& write) {
  const Bio out(BIO_new(BIO_s_mem()));
  require(write(out.get()) == 1, "nothing written");
  char* bytes = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

Bio reader_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

void add_extension(X509* certificate, int type, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, type, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

void name(X509* certificate, const Wanted& wanted) {
  if (!wanted.common_name.empty()) {
    const auto* text = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, text, -1, -1, 0);
  }
  std::string list;
  for (const auto& item : wanted.names) list += (list.empty() ? "" : ",") + item;
  if (!list.empty()) add_extension(certificate, NID_subject_alt_name, list);
  if (wanted.authority) add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
}

void date(X509* certificate, std::chrono::seconds expires_in) {
  constexpr std::chrono::hours began{24 * 365};
  X509_gmtime_adj(X509_getm_notBefore(certificate), -std::chrono::seconds(began).count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), expires_in.count());
}

// Without an issuer, by itself.
Issued issue_by(const Wanted& wanted, const X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  const Key key = new_key(wanted);
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  date(certificate.get(), wanted.expires_in);
  name(certificate.get(), wanted);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer != nullptr ? issuer : certificate.get()));
  X509_set_pubkey(certificate.get(), key.get());
  EVP_PKEY* signer = issuer != nullptr ? issuer_key : key.get();
  const bool digests = EVP_PKEY_get_base_id(signer) != EVP_PKEY_ED25519;
  require(X509_sign(certificate.get(), signer, digests ? EVP_sha256() : nullptr) > 0, "not signed");
  return {written([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); }), written([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace

Issued issue(const Wanted& wanted) { return issue_by(wanted, nullptr, nullptr); }

Issued issue(const Wanted& wanted, const Issued& issuer) {
  const Certificate certificate(PEM_read_bio_X509(reader_of(issuer.certificate).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(reader_of(issuer.key).get(), nullptr, nullptr, nullptr));
  require(certificate != nullptr && key != nullptr, "the issuer cannot be read");
  return issue_by(wanted, certificate.get(), key.get());
}

}  // namespace realpeer::testing
