// Every pair that cannot be used, and what its error says.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/stat.h>

#include "contexts.h"

namespace realpeer::tls {
namespace {

using contexts::Files;
using ::testing::HasSubstr;
using testing::Issued;
using ::testing::Not;

class BadPairs : public ::testing::Test {
 protected:
  // The text for `pair` behind a good one; empty when it loads.
  [[nodiscard]] std::string problem(const KeyPair& pair) const {
    const auto context = ServerContext::load({.pairs = {good_, pair}});
    if (context) return "";
    EXPECT_EQ(context.error().pair, 1U);
    EXPECT_THAT(context.error().text, Not(HasSubstr("\n")));
    EXPECT_EQ(ERR_peek_error(), 0U) << "left for others to read";
    return context.error().text;
  }
  [[nodiscard]] std::string problem_with(const Issued& issued) const { return problem(files_.write("bad", issued)); }

  [[nodiscard]] std::string path(const std::string& name) const { return (files_.path() / name).string(); }

  const Files files_{};
  const Issued issued_ = testing::issue({.names = {"DNS:git.example.com"}});
  const Issued other_ = testing::issue({.names = {"DNS:web.example.com"}});
  const KeyPair good_ = files_.write("good", issued_);
};

constexpr const char* begin = "-----BEGIN CERTIFICATE-----";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST_F(BadPairs, FilesThatAreNotThere) {
  EXPECT_EQ(problem({path("none.pem"), good_.key}),
            "certificate '" + path("none.pem") +
                "' cannot be read: No such file or directory: name a PEM file that the daemon may read");
  EXPECT_EQ(problem({good_.certificate, path("none.key")}),
            "key '" + path("none.key") +
                "' cannot be read: No such file or directory: name a PEM file that the daemon may read");
}

TEST_F(BadPairs, WhatIsNoFile) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(problem({path("pipe"), good_.key}), HasSubstr("pipe' cannot be read: it is no regular file: name"));
  EXPECT_THAT(problem({good_.certificate, path("")}), HasSubstr("cannot be read: it is no regular file: name"));
}

TEST_F(BadPairs, FilesOfAnotherKind) {
  EXPECT_EQ(problem({good_.key, good_.key}),
            "certificate '" + good_.key +
                "' holds no certificate in PEM (-----BEGIN CERTIFICATE-----): name the chain's file");
  EXPECT_EQ(
      problem({good_.certificate, good_.certificate}),
      "key '" + good_.certificate + "' holds no private key in PEM (-----BEGIN PRIVATE KEY-----): name the key's file");
  EXPECT_THAT(problem_with(Issued{"", issued_.key}), HasSubstr("holds no certificate in PEM"));
  EXPECT_THAT(problem_with(Issued{issued_.certificate, "\x30\x82 DER"}), HasSubstr("holds no private key in PEM"));
}

TEST_F(BadPairs, FilesThatAreTooLarge) {
  EXPECT_THAT(problem_with(Issued{std::string((1U << 20) + 1, '\n'), issued_.key}),
              HasSubstr("cannot be read: it is larger than 1 MiB"));
}

TEST_F(BadPairs, AKeyOfAnotherCertificate) {
  EXPECT_EQ(problem_with(Issued{issued_.certificate, other_.key}),
            "key '" + path("bad.key") + "' is not the key of the first certificate in '" + path("bad.pem") +
                "': name its key, and put the server's own certificate first in the chain");
  const Issued rsa = testing::issue({.key = testing::KeyKind::rsa});
  EXPECT_THAT(problem_with(Issued{issued_.certificate, rsa.key}), HasSubstr("is not the key of the first certificate"));
  EXPECT_THAT(problem_with(Issued{other_.certificate + issued_.certificate, issued_.key}),
              HasSubstr("put the server's own certificate first"));
}

// By the OpenSSL command, in both forms that it writes.
TEST_F(BadPairs, AnEncryptedKeyWithoutAskingForItsPassword) {
  for (const char* form : {"pkcs8", "ec"}) {
    const auto done = testing::run({"/usr/bin/openssl", form, "-in", good_.key, "-out", path("secret.key"),
                                    form == std::string("ec") ? "-aes128" : "-topk8", "-passout", "pass:secret"});
    ASSERT_EQ(done.code, 0) << done.errors;
    EXPECT_EQ(problem({good_.certificate, path("secret.key")}),
              "key '" + path("secret.key") +
                  "' is encrypted: write it without a password, as with openssl pkey -in FILE -out FILE")
        << form;
  }
}

TEST_F(BadPairs, DamagedCertificates) {
  constexpr const char* first = "' cannot be read to its end: certificate 1 is damaged";
  EXPECT_THAT(problem_with(Issued{replaced(issued_.certificate, "\nMII", "\n***"), issued_.key}), HasSubstr(first));
  EXPECT_THAT(problem_with(Issued{issued_.certificate.substr(0, 200), issued_.key}), HasSubstr(first));
  EXPECT_THAT(problem_with(Issued{replaced(issued_.certificate, "\nMII", "\nMIJ"), issued_.key}), HasSubstr(first));
}

TEST_F(BadPairs, GarbageBehindTheFirstCertificate) {
  constexpr const char* second = "bad.pem' cannot be read to its end: certificate 2 is damaged, or other text follows";
  const auto with = [&](const std::string& more) {
    return problem_with(Issued{issued_.certificate + more, issued_.key});
  };
  EXPECT_THAT(with("garbage\n"), HasSubstr(second));
  EXPECT_THAT(with(other_.certificate.substr(0, 200)), HasSubstr(second));
  EXPECT_THAT(with(replaced(other_.certificate, "\nMII", "\nMIJ")), HasSubstr(second));
  EXPECT_THAT(with(replaced(other_.certificate, begin, "----BEGIN CERTIFICATE-----")), HasSubstr(second));
  EXPECT_THAT(with(replaced(other_.certificate, begin, "-----BEGIN CERT-----") + other_.certificate),
              HasSubstr("certificate 2 is damaged"));
  EXPECT_THAT(with("garbage\n"), HasSubstr(": write the chain anew, the server's own certificate first"));
}

TEST_F(BadPairs, ADamagedKey) {
  EXPECT_THAT(problem_with(Issued{issued_.certificate, replaced(issued_.key, "\nMI", "\n**")}),
              HasSubstr("bad.key' is damaged ("));
  EXPECT_THAT(problem_with(Issued{issued_.certificate, issued_.key.substr(0, 60) + "\n-----END PRIVATE KEY-----\n"}),
              HasSubstr("): write the key anew"));
}

TEST_F(BadPairs, AKeyThatClientsDoNotTrust) {
  const Issued weak = testing::issue({.key = testing::KeyKind::rsa, .rsa_bits = 1024});
  EXPECT_THAT(problem_with(weak), HasSubstr("cannot be used: ee key too small: make a pair that OpenSSL takes"));
}

TEST_F(BadPairs, NotThoseThatOnlyLookUnusual) {
  const KeyPair both = files_.write("both", {issued_.certificate + issued_.key, ""});
  EXPECT_EQ(problem({both.certificate, both.certificate}), "");
  const Issued expired = testing::issue({.names = {"DNS:git.example.com"}, .expires_in = std::chrono::hours(-24)});
  EXPECT_EQ(problem_with(expired), "");
  EXPECT_EQ(
      problem_with(Issued{"Bag Attributes\n\n" + issued_.certificate + "subject=\n" + other_.certificate + "\n\r\n",
                          issued_.key}),
      "");
}

}  // namespace
}  // namespace realpeer::tls
