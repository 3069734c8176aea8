// What clients get from a context: the certificate of the name they ask for, versions, ALPN.
#include "tls/server_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contexts.h"
#include "handshake.h"

namespace realpeer::tls {
namespace {

using contexts::Files;
using contexts::loaded;
using handshakes::Client;
using handshakes::Handshake;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::KeyKind;

Handshake shake(const std::shared_ptr<ServerContext>& context, const Client& client) {
  return {context->context().native_handle(), client};
}

class ServerContextOf : public ::testing::TestWithParam<int> {
 protected:
  [[nodiscard]] std::string served_for(const std::string& name) const {
    const Handshake handshake = shake(context_, {.server_name = name, .version = GetParam()});
    return handshake.done() ? handshake.sent().front() : handshake.failure();
  }

  const Files files_{};
  const std::shared_ptr<ServerContext> context_ =
      loaded({.pairs = {files_.make("first", {.names = {"DNS:first.example.org"}}),
                        files_.make("wildcard", {.names = {"DNS:*.Example.com"}}),
                        files_.make("git", {.names = {"DNS:git.example.com"}, .key = KeyKind::rsa}),
                        files_.make("named", {.common_name = "Common.example.net", .key = KeyKind::ed25519})}});
};

INSTANTIATE_TEST_SUITE_P(Tls, ServerContextOf, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_2_VERSION ? "12" : "13"; });

TEST_P(ServerContextOf, ServesTheCertificateOfAnExactNameBeforeThatOfAWildcard) {
  EXPECT_EQ(served_for("git.example.com"), "git.example.com");
  EXPECT_EQ(served_for("GIT.example.COM"), "git.example.com");
  EXPECT_EQ(served_for("web.example.com"), "*.example.com");
  EXPECT_EQ(served_for("common.example.net"), "common.example.net");
}

TEST_P(ServerContextOf, ServesTheFirstCertificateForNamesThatNoneIsFor) {
  EXPECT_EQ(served_for("example.com"), "first.example.org");
  EXPECT_EQ(served_for("a.b.example.com"), "first.example.org");
  EXPECT_EQ(served_for("unknown.example.org"), "first.example.org");
  EXPECT_EQ(served_for(""), "first.example.org");
}

TEST_P(ServerContextOf, AgreesOnHttp11WhateverElseIsOffered) {
  const Handshake named = shake(context_, {"git.example.com", {"h2", "http/1.1"}, GetParam()});
  EXPECT_EQ(named.failure(), "");
  EXPECT_EQ(named.alpn(), "http/1.1");
  EXPECT_EQ(shake(context_, {"", {"http/1.1"}, GetParam()}).alpn(), "http/1.1");
}

TEST_P(ServerContextOf, AsksNoClientForAlpn) {
  const Handshake handshake = shake(context_, {.server_name = "git.example.com", .version = GetParam()});
  EXPECT_TRUE(handshake.done()) << handshake.failure();
  EXPECT_EQ(handshake.alpn(), "");
}

TEST_P(ServerContextOf, RefusesAClientThatOffersOtherProtocolsOnly) {
  for (const char* name : {"git.example.com", ""}) {
    const Handshake handshake = shake(context_, {name, {"h2", "http/1.0"}, GetParam()});
    EXPECT_THAT(handshake.failure(), HasSubstr("alert no application protocol")) << name;
  }
}

TEST_P(ServerContextOf, SendsTheWholeChainOfTheFileAndNothingElse) {
  const auto root = testing::issue({.common_name = "root", .authority = true});
  const auto middle = testing::issue({.common_name = "middle", .authority = true}, root);
  auto own = testing::issue({.names = {"DNS:git.example.com"}}, middle);
  own.certificate = "Bag Attributes\n" + own.certificate + "subject=CN = middle\n" + middle.certificate;
  const auto context =
      loaded({.pairs = {files_.make("alone", {.names = {"DNS:web.example.com"}}), files_.write("chained", own)}});
  EXPECT_THAT(shake(context, {.server_name = "git.example.com", .version = GetParam()}).sent(),
              ElementsAre("git.example.com", "middle"));
  EXPECT_THAT(shake(context, {.server_name = "web.example.com", .version = GetParam()}).sent(),
              ElementsAre("web.example.com"));
}

TEST(ServerContext, RefusesVersionsBefore12) {
  const Files files{};
  const auto context = loaded({.pairs = {files.make("a", {.names = {"DNS:a"}})}});
  EXPECT_THAT(shake(context, {.version = TLS1_1_VERSION}).failure(), HasSubstr("alert protocol version"));
}

TEST(ServerContext, RefusesVersion12WhereOnly13IsAllowed) {
  const Files files{};
  const auto context = loaded({.pairs = {files.make("a", {.names = {"DNS:a"}})}, .only_tls_1_3 = true});
  EXPECT_THAT(shake(context, {.version = TLS1_2_VERSION}).failure(), HasSubstr("alert protocol version"));
  EXPECT_EQ(shake(context, {.version = TLS1_3_VERSION}).failure(), "");
}

TEST(ServerContext, TakesOnlyForwardSecretAeadCiphersIn12) {
  const Files files{};
  const auto context = loaded({.pairs = {files.make("a", {.names = {"DNS:a"}})}});
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context->context().native_handle());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
    EXPECT_TRUE(SSL_CIPHER_is_aead(cipher)) << SSL_CIPHER_get_name(cipher);
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    EXPECT_TRUE(exchange == NID_kx_ecdhe || exchange == NID_kx_any) << SSL_CIPHER_get_name(cipher);
  }
}

TEST(ServerContext, DoesNotRenegotiate) {
  const Files files{};
  const auto context = loaded({.pairs = {files.make("a", {.names = {"DNS:a"}})}});
  const Handshake handshake = shake(context, {.version = TLS1_2_VERSION});
  ASSERT_EQ(SSL_renegotiate(handshake.client()), 1);
  SSL_do_handshake(handshake.client());
  char byte = 0;
  EXPECT_LE(SSL_read(handshake.server(), &byte, 1), 0);
  EXPECT_LE(SSL_do_handshake(handshake.client()), 0);
  EXPECT_EQ(SSL_total_renegotiations(handshake.server()), 0);
  EXPECT_EQ(SSL_get_error(handshake.client(), -1), SSL_ERROR_SSL);
}

TEST(ServerContext, TellsNamesAndExpiryOfEachCertificate) {
  using std::chrono::hours;
  using std::chrono::system_clock;
  const Files files{};
  const auto now = system_clock::now();
  const auto context =
      loaded({.pairs = {files.make("many", {.names = {"DNS:Git.example.com", "IP:192.0.2.7", "IP:2001:db8::7",
                                                      "email:admin@example.com", "DNS:*.example.com"},
                                            .common_name = "unused",
                                            .expires_in = hours(24)}),
                        files.make("past", {.common_name = "Old.example.com", .expires_in = hours(-24)}),
                        files.make("nobody", {})}});
  const auto& certificates = context->certificates();
  ASSERT_EQ(certificates.size(), 3U);
  EXPECT_EQ(certificates[0].file, (files.path() / "many.pem").string());
  EXPECT_THAT(certificates[0].names, ElementsAre("git.example.com", "192.0.2.7", "2001:db8::7", "*.example.com"));
  EXPECT_LT(std::chrono::abs(certificates[0].expires - now - hours(24)), std::chrono::minutes(1));
  EXPECT_THAT(certificates[1].names, ElementsAre("old.example.com"));
  EXPECT_LT(std::chrono::abs(certificates[1].expires - now + hours(24)), std::chrono::minutes(1));
  EXPECT_THAT(certificates[2].names, ElementsAre());
}

}  // namespace
}  // namespace realpeer::tls
