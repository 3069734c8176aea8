// Clients of the distribution's over TLS that ends here: openssl's and wrk; and bodies of a size over it.
#include <signal.h>

#include "e2e/https.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

class HttpsClients : public Https {
 protected:
  // What `openssl s_client` says of a request and its answer.
  std::string s_client(const std::string& options) {
    const auto command =
        "printf 'GET / HTTP/1.1\\r\\nHost: git.example.com\\r\\nConnection: close\\r\\n\\r\\n' | "
        "openssl s_client -connect 203.0.113.1:8000 -ign_eof -CAfile " +
        authority_file().string() + " " + options;
    const auto done = run({"/bin/sh", "-c", command}, {.netns = &net->client});
    return done.output + done.errors;
  }
  [[nodiscard]] std::string session_file() const { return (files.path() / "session").string(); }
};

const std::string kAnswered = "HTTP/1.1 200 OK";

TEST_P(HttpsClients, SpeakTls12And13AndNothingOlder) {
  start_https_with_app();
  for (const auto& [option, version] : {std::pair{"-tls1_2", "TLSv1.2"}, {"-tls1_3", "TLSv1.3"}, {"", "TLSv1.3"}}) {
    const auto said = s_client(option);
    EXPECT_THAT(said, HasSubstr(kAnswered));
    EXPECT_THAT(said, HasSubstr(std::string("New, ") + version));
  }
  const auto old = s_client("-tls1_1 -cipher DEFAULT@SECLEVEL=0");
  EXPECT_THAT(old, Not(HasSubstr("HTTP/1.1")));
  EXPECT_THAT(old, HasSubstr("protocol version"));
  EXPECT_THAT(s_client("-tls1_2 -cipher AES128-SHA"), HasSubstr("handshake failure"));
}

TEST_P(HttpsClients, AreHeldToTls13WhereItIsAskedFor) {
  tls_settings = ", min_version: 1.3";
  start_https_with_app();
  EXPECT_THAT(s_client("-tls1_2"), Not(HasSubstr(kAnswered)));
  EXPECT_THAT(s_client("-tls1_3"), HasSubstr(kAnswered));
}

TEST_P(HttpsClients, SeeTheCertificateOfTheNameTheyAskFor) {
  start_https_with_app();
  for (const auto* name : {"git.example.com", "www.example.com"}) {
    EXPECT_THAT(s_client("-servername " + std::string(name) + " -verify_return_error -verify_hostname " + name),
                HasSubstr("Verification: OK"));
  }
  const auto nameless = s_client("-noservername -verify_hostname www.example.com");
  EXPECT_THAT(nameless, HasSubstr("Verification: OK"));
  EXPECT_THAT(nameless, HasSubstr(kAnswered));
}

TEST_P(HttpsClients, AgreeOnHttp11OrOnNothing) {
  start_https_with_app();
  EXPECT_THAT(s_client("-alpn http/1.1"), HasSubstr("ALPN protocol: http/1.1"));
  EXPECT_THAT(s_client("-alpn h2,http/1.1"), HasSubstr("ALPN protocol: http/1.1"));
  EXPECT_THAT(s_client(""), HasSubstr("No ALPN negotiated"));
  EXPECT_THAT(s_client("-alpn h2"), HasSubstr("no application protocol"));
  EXPECT_EQ(curl_to("git.example.com", "/", {"--http2"}).status, 200);
}

TEST_P(HttpsClients, ResumeTheirSessions) {
  start_https_with_app();
  EXPECT_THAT(s_client("-tls1_2 -servername git.example.com -reconnect"), HasSubstr("Reused, TLSv1.2"));
  for (const auto* version : {"-tls1_2", "-tls1_3"}) {
    const auto options = std::string(version) + " -servername git.example.com ";
    EXPECT_THAT(s_client(options + "-sess_out " + session_file()), HasSubstr("New, TLSv1."));
    // Whichever worker takes it.
    for (int i = 0; i < 6; ++i) {
      const auto said = s_client(options + "-sess_in " + session_file());
      EXPECT_THAT(said, HasSubstr("Reused, TLSv1."));
      EXPECT_THAT(said, HasSubstr(kAnswered));
    }
  }
}

TEST_P(HttpsClients, SendAndReceiveLargeBodies) {
  backend.emplace(net->backend, kApp);
  start_https();
  constexpr auto kBytes = 64 * kMiB;
  constexpr auto kPiece = 64 * kKiB;
  const auto before = gateway->process().resident_bytes();
  TlsSocket client(connect());
  client.send_all(request("POST", "/", "Content-Length: " + std::to_string(kBytes) + "\r\n"));
  Socket server = backend->accept();
  read_head(reading(server));
  at_once({[&] {
             for (std::uint64_t sent = 0; sent < kBytes; sent += kPiece) client.send_all(kUpload.bytes(sent, kPiece));
           },
           [&] { receive_content(server, kUpload, kBytes); }});
  server.send_all("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
  EXPECT_EQ(read_head(reading(client)).status(), 200);
  at_once({[&] { send_content(server, kDownload, kBytes); },
           [&] {
             for (std::uint64_t have = 0; have < kBytes; have += kPiece) {
               ASSERT_EQ(kDownload.first_difference(have, client.receive_exactly(kPiece)), std::nullopt);
             }
           }});
  EXPECT_LE(gateway->process().resident_bytes(), before + 16 * kMiB);
}

// A cut is no end: by close_notify the client knows that it has all.
TEST_P(HttpsClients, SeeWhetherAResponseIsWhole) {
  backend.emplace(net->backend, kApp);
  start_https();
  for (const bool whole : {true, false}) {
    TlsSocket client(connect());
    client.send_all("GET / HTTP/1.0\r\nHost: git.example.com\r\n\r\n");
    Socket server = backend->accept();
    read_head(reading(server));
    server.send_all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("half") +
                    (whole ? "0\r\n\r\n" : ""));
    read_head(reading(client));
    EXPECT_EQ(client.receive_exactly(4), "half");
    server.close();
    EXPECT_EQ(client.ends_in_order(), whole);
  }
}

TEST_P(HttpsClients, AreToldOfTheEndWhenTheGatewayDrains) {
  start_https_with_app();
  TlsSocket client(connect());
  client.send_all(kGet);
  EXPECT_EQ(read_response(reading(client)).status(), 200);
  gateway->process().signal(SIGTERM);
  EXPECT_TRUE(client.ends_in_order());
}

INSTANTIATE_TEST_SUITE_P(Path, HttpsClients, one_path(), path_name);

}  // namespace
}  // namespace realpeer::testing
