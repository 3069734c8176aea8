// Certificates of a listener: which one a client sees, how they are exchanged while it serves, and who never gets
// through a handshake.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "e2e/https.h"

namespace realpeer::testing {
namespace {

class HttpsCertificates : public Https {
 protected:
  // What the certificate names that a client sees who asks for `name`.
  std::string shown_to(const std::string& name) { return TlsSocket(connect(), name).names(); }
  void reread() { gateway->process().signal(SIGHUP); }
  [[nodiscard]] std::string messages() const { return gateway->process().errors(); }
  // A connection that says this, and is refused; how the log calls it.
  Record failed(const std::string& first) {
    Socket client = connect();
    client.send_all(first);
    const auto ending = client.ending();
    EXPECT_NE(ending.end, End::deadline);
    EXPECT_THAT(ending.bytes, Not(HasSubstr("HTTP/")));
    auto record = record_of(client.local());
    EXPECT_EQ(record.text("end"), "rejected") << record;
    return record;
  }
};

TEST_P(HttpsCertificates, AreChosenByName) {
  start_https_with_app();
  for (const auto& [name, shown] : {std::pair{"git.example.com", "git.example.com"},
                                    {"GIT.example.com", "git.example.com"},
                                    {"www.example.com", "*.example.com"},
                                    {"a.b.example.com", "*.example.com"},
                                    {"www.example.org", "*.example.com"},
                                    {"", "*.example.com"}}) {
    EXPECT_EQ(shown_to(name), shown) << name;
  }
  for (const auto* name : {"git.example.com", "www.example.com"}) {
    EXPECT_EQ(curl_to(name).status, 200) << "it verifies the certificate";
  }
  EXPECT_EQ(curl_to("www.example.org").exit, 60);
  EXPECT_EQ(app->last().field("X-Forwarded-Proto"), "https");
  EXPECT_EQ(app->last().field("X-Forwarded-For"), "203.0.113.42");
}

TEST_P(HttpsCertificates, TheNameAskedForIsLoggedWithEachRequest) {
  start_https_with_app();
  EXPECT_EQ(curl_to("git.example.com", "/named").status, 200);
  const auto record = record_of_request("/named");
  EXPECT_EQ(record.text("sni"), "git.example.com") << record;
  EXPECT_EQ(record.text("client_source"), "peer") << record;
}

TEST_P(HttpsCertificates, AreReadAfterTheHeaderOfATrustedPeer) {
  web.listener = "accept_proxy: strict | trusted_cidrs: [203.0.113.42/32]";
  start_https_with_app();
  Socket socket = connect();
  socket.send_all(proxy_v2(kClaimed, kDialled));
  TlsSocket client(std::move(socket), "git.example.com");
  client.send_all(kGet);
  EXPECT_EQ(read_response(reading(client)).status(), 200);
  EXPECT_EQ(app->last().field("X-Forwarded-For"), "198.51.100.7");
  EXPECT_EQ(curl_to("git.example.com", "/", {"--haproxy-protocol"}).status, 200);
}

TEST_P(HttpsCertificates, AreExchangedOnSighupAndWhoIsConnectedNoticesNothing) {
  start_https_with_app();
  TlsSocket before(connect(), "git.example.com");
  before.send_all(kGet);
  EXPECT_EQ(read_response(reading(before)).status(), 200);
  write_certificate("git", {"git.example.com", "new.example.com"});
  reread();
  EXPECT_TRUE(eventually([&] { return shown_to("git.example.com") == "git.example.com, new.example.com"; }, kSoon));
  EXPECT_EQ(curl_to("new.example.com").status, 200);
  before.send_all(kGet);
  EXPECT_EQ(read_response(reading(before)).status(), 200);
}

TEST_P(HttpsCertificates, ExchangedUnderLoadDropNoRequest) {
  start_https_with_app();
  std::atomic<bool> done = false;
  std::atomic<unsigned> served = 0;
  const auto load = [&] {
    while (!done) {
      TlsSocket client(connect(), "git.example.com");
      for (int i = 0; i < 3; ++i) {
        client.send_all(kGet);
        ASSERT_EQ(read_response(reading(client)).status(), 200);
      }
      ++served;
    }
  };
  const auto exchange = [&] {
    for (unsigned round = 1; round <= 10; ++round) {
      const auto name = "round-" + std::to_string(round) + ".example.com";
      write_certificate("git", {"git.example.com", name});
      reread();
      EXPECT_TRUE(eventually([&] { return shown_to("git.example.com") == "git.example.com, " + name; }, kSoon));
      const auto so_far = served.load();
      EXPECT_TRUE(eventually([&] { return served > so_far + 4; }, kDeadline));
    }
    done = true;
  };
  at_once({load, load, load, exchange});
  for (const auto& record : gateway->log().records()) EXPECT_NE(record.text("end"), "rejected") << record;
}

TEST_P(HttpsCertificates, ThatCannotBeReadKeepTheOldOnesAndTheLogSaysSo) {
  start_https_with_app();
  files.write("git.pem", "-----BEGIN CERTIFICATE-----\nbroken\n");
  reread();
  EXPECT_TRUE(
      eventually([&] { return messages().find("not reloaded: all goes on as before") != std::string::npos; }, kSoon));
  EXPECT_THAT(messages(), HasSubstr("git.pem"));
  EXPECT_EQ(shown_to("git.example.com"), "git.example.com");
  EXPECT_EQ(curl_to("git.example.com").status, 200);
  write_certificate("git", {"git.example.com", "mended.example.com"});
  reread();
  EXPECT_TRUE(eventually([&] { return shown_to("git.example.com") == "git.example.com, mended.example.com"; }, kSoon));
}

TEST_P(HttpsCertificates, OfAnotherKeyKeepTheOldOnes) {
  start_https_with_app();
  const auto old_key = read_file(files.path() / "git.key");
  write_certificate("git", {"git.example.com", "new.example.com"});
  files.write("git.key", old_key);
  reread();
  EXPECT_TRUE(eventually([&] { return messages().find("is not the key of") != std::string::npos; }, kSoon));
  EXPECT_EQ(shown_to("git.example.com"), "git.example.com");
}

TEST_P(HttpsCertificates, ArePassedByByARequestInPlainHttp) {
  start_https_with_app();
  const auto record = failed(kGet);
  EXPECT_EQ(record.text("reason"), "tls_failed") << record;
  EXPECT_EQ(record.text("looks_like"), "http") << record;
  EXPECT_EQ(failed("SSH-2.0-OpenSSH_9.2\r\n").text("reason"), "tls_failed");
  EXPECT_TRUE(app->untouched());
}

TEST_P(HttpsCertificates, WaitForNoHandshakeWithoutEnd) {
  tls_settings = ", handshake_timeout: 300ms";
  start_https_with_app();
  for (const std::string begun : {"", "\x16\x03\x01\x02"}) {
    const auto record = failed(begun);
    EXPECT_EQ(record.text("reason"), "tls_failed") << record;
    EXPECT_THAT(record.text("detail"), HasSubstr("handshake_timeout")) << record;
  }
}

TEST_P(HttpsCertificates, HandshakesAtOnceAreLimited) {
  web.limits = "handshakes: 2";
  start_https_with_app();
  // Whichever of them comes last: they are accepted by different threads.
  std::vector<Socket> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(connect());
  const auto is_over = [](Socket& client) { return client.readable_within(Duration{0}); };
  EXPECT_TRUE(eventually([&] { return std::ranges::any_of(clients, is_over); }, kSoon));
  const auto refused = std::ranges::find_if(clients, is_over);
  ASSERT_NE(refused, clients.end());
  const auto record = record_of(refused->local());
  EXPECT_EQ(record.text("reason"), "too_many_connections") << record;
  EXPECT_EQ(record.text("detail"), "limits.handshakes") << record;
  clients.erase(refused);
  EXPECT_FALSE(std::ranges::any_of(clients, is_over));
  clients.pop_back();
  EXPECT_TRUE(eventually([&] { return curl_to("git.example.com").status == 200; }, kSoon));
}

TEST_P(HttpsCertificates, OfAStrangerWithAHeaderAreNotEvenShown) {
  web.listener = "accept_proxy: mixed | trusted_cidrs: [203.0.113.99/32]";
  start_https_with_app();
  const auto record = failed(proxy_v2(kClaimed, kDialled) + "\x16\x03\x01");
  EXPECT_EQ(record.text("reason"), "untrusted_header") << record;
  EXPECT_EQ(curl_to("git.example.com").status, 200);
}

INSTANTIATE_TEST_SUITE_P(Path, HttpsCertificates, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
