// What the receivers make of headers the gateway might send them, asked without the gateway: the facts its choices of
// header rest on.
#include <functional>

#include "e2e/receivers.h"
#include "harness/receivers/dovecot.h"
#include "harness/receivers/haproxy.h"
#include "harness/receivers/mariadb.h"
#include "harness/receivers/nginx.h"

namespace realpeer::testing {
namespace {

const std::string kPeer = "10.77.0.1";
const std::string kClient = "198.51.100.7";
const std::string kRefused;
const std::string kRequest = "GET / HTTP/1.0\r\n\r\n";
constexpr std::size_t kBareTcp4 = 28;
constexpr std::size_t kTlvHeader = 3;

// Sends the header and asks the receiver for its client: an address, or kRefused.
using Ask = std::function<std::string(const std::string& header)>;

// The client a receiver sees for a header that names none, and how much header it takes.
struct Facts {
  std::string local;
  std::string unspecified;             // PROXY with AF_UNSPEC
  std::string path;                    // PROXY with AF_UNIX
  std::string datagram;                // PROXY with UDP over IPv4
  std::string unknown_with_addresses;  // of version 1
  std::string nothing;                 // no header at all
  std::size_t largest;                 // bytes of a header of version 2
  bool judges_checksum;
};

std::string header_of(std::size_t bytes) {
  return proxy_v2(kClaimed, kDialled, tlv(0xE0, std::string(bytes - kBareTcp4 - kTlvHeader, 'x')));
}

void expect_facts(const Ask& ask, const Facts& facts) {
  const auto addresses = proxy_v2(kClaimed, kDialled).substr(16);
  EXPECT_EQ(ask(proxy_v2(kClaimed, kDialled)), kClient);
  EXPECT_EQ(ask(proxy_v2(endpoint("[2001:db8::7]:1"), endpoint("[2001:db8::8]:2"))), "2001:db8::7");
  EXPECT_EQ(ask(proxy_v1(kClaimed, kDialled)), kClient);
  EXPECT_EQ(ask(proxy_v2_local()), facts.local);
  EXPECT_EQ(ask(proxy_v2_raw(0x20, 0x11, addresses)), facts.local);
  EXPECT_EQ(ask(proxy_v2_raw(0x21, 0x00, "")), facts.unspecified);
  EXPECT_EQ(ask(proxy_v2_raw(0x21, 0x31, std::string(216, '\0'))), facts.path);
  EXPECT_EQ(ask(proxy_v2_raw(0x21, 0x12, addresses)), facts.datagram);
  EXPECT_EQ(ask("PROXY UNKNOWN\r\n"), kPeer);
  EXPECT_EQ(ask("PROXY UNKNOWN 192.0.2.66 192.0.2.1 1 2\r\n"), facts.unknown_with_addresses);
  EXPECT_EQ(ask(""), facts.nothing);
  EXPECT_EQ(ask(header_of(facts.largest)), kClient);
  EXPECT_EQ(ask(header_of(facts.largest + 1)), kRefused);
  EXPECT_EQ(ask(proxy_v2(kClaimed, kDialled, tlv(0x03, "sum?"))), facts.judges_checksum ? kRefused : kClient);
}

class ReceiversFacts : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, for network namespaces";
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    net_ = std::make_unique<Topology>(test->name());
  }

  [[nodiscard]] const Netns& home() const { return net_->backend; }

  // All that comes back for these bytes, which a refusal may cut short.
  [[nodiscard]] std::string said_to(const std::string& bytes) const {
    Socket socket = connect(net_->gateway, kAt);
    try {
      socket.send_all(bytes);
    } catch (const std::system_error&) {
      return kRefused;
    }
    return socket.ending(kSoon).bytes;
  }

  // The first half of a header is answered with an end, before the other half could come.
  void expect_half_a_header_refused() const {
    for (const auto& header : {proxy_v2(kClaimed, kDialled), proxy_v1(kClaimed, kDialled)}) {
      Socket socket = connect(net_->gateway, kAt);
      socket.send_all(header.substr(0, header.size() / 2));
      EXPECT_NE(socket.ending(kSoon).end, End::deadline);
    }
  }

  // The answer to kRequest from a server that answers with the client's address.
  [[nodiscard]] std::string body_of(const std::string& header) const {
    const auto answer = said_to(header + kRequest);
    const auto body = answer.find("\r\n\r\n");
    return answer.starts_with("HTTP/1.1 200") ? answer.substr(body + 4) : kRefused;
  }

  // MariaDB's refusal of a login names the user it sees.
  [[nodiscard]] std::string refused_user_of(const std::string& header) const;

  const Endpoint kAt = endpoint("10.77.0.2:8080");

 private:
  std::unique_ptr<Topology> net_;
};

std::string ReceiversFacts::refused_user_of(const std::string& header) const {
  using namespace std::string_literals;
  // Capabilities (protocol 4.1, plugin), packet size, character set; an empty password.
  const auto login = "\x01\x82\x08\0\0\0\0\x01\x21"s + std::string(23, '\0') + "visitor\0\0mysql_native_password\0"s;
  const auto packet = std::string(1, static_cast<char>(login.size())) + "\0\0\x01"s + login;
  try {
    Socket socket = connect(net_->gateway, kAt);
    socket.send_all(header);
    const auto length = socket.receive_exactly(4);
    socket.receive_exactly(static_cast<unsigned char>(length[0]));
    socket.send_all(packet);
    const auto answer = socket.ending(kSoon).bytes;
    const auto host = answer.find("'visitor'@'") + 11;
    return answer.find("Access denied") == std::string::npos ? kRefused
                                                             : answer.substr(host, answer.find('\'', host) - host);
  } catch (const std::exception&) {
    return kRefused;
  }
}

TEST_F(ReceiversFacts, NginxHttpTakesOneKiBAndAllThatNamesNobodyForThePeer) {
  const Nginx nginx(home(), {.http = R"(server {
    listen 10.77.0.2:8080 proxy_protocol;
    set_real_ip_from 10.77.0.1;
    real_ip_header proxy_protocol;
    return 200 $remote_addr;
  })"});
  expect_facts([&](const std::string& header) { return body_of(header); }, {.local = kPeer,
                                                                            .unspecified = kPeer,
                                                                            .path = kPeer,
                                                                            .datagram = kPeer,
                                                                            .unknown_with_addresses = kPeer,
                                                                            .nothing = kRefused,
                                                                            .largest = 1024,
                                                                            .judges_checksum = false});
  expect_half_a_header_refused();
}

TEST_F(ReceiversFacts, NginxStreamTakes107Bytes) {
  const Nginx nginx(home(), {.stream = R"(server {
    listen 10.77.0.2:8080 proxy_protocol;
    set_real_ip_from 10.77.0.1;
    return $remote_addr;
  })"});
  // It waits for a header until there is something; and it does not read what follows one.
  const auto ask = [&](const std::string& header) { return said_to(header.empty() ? kRequest : header); };
  expect_facts(ask, {.local = kPeer,
                     .unspecified = kPeer,
                     .path = kRefused,  // too long
                     .datagram = kPeer,
                     .unknown_with_addresses = kPeer,
                     .nothing = kRefused,
                     .largest = 107,
                     .judges_checksum = false});
  expect_half_a_header_refused();
}

// Its buffer is 16 KiB unless configured, which a sender's first flight of segments does not fill: a header that long
// comes in pieces, and is refused for that.
TEST_F(ReceiversFacts, HaproxyTakesABufferfulAndNoUnknownFamilyAndJudgesTheChecksum) {
  const Haproxy haproxy(home(), R"(
global
  tune.bufsize 4096
frontend web
  mode http
  bind 10.77.0.2:8080 accept-proxy
  http-request return status 200 content-type text/plain lf-string %[src]
)");
  expect_facts([&](const std::string& header) { return body_of(header); }, {.local = kPeer,
                                                                            .unspecified = kRefused,
                                                                            .path = kRefused,
                                                                            .datagram = kRefused,
                                                                            .unknown_with_addresses = kRefused,
                                                                            .nothing = kRefused,
                                                                            .largest = 4096,
                                                                            .judges_checksum = true});
  expect_half_a_header_refused();
}

TEST_F(ReceiversFacts, DovecotTakes1500BytesAndNoUnspecifiedFamily) {
  const Dovecot dovecot(home(), kAt, kPeer);
  int asked = 0;
  const auto ask = [&](const std::string& header) {
    const auto user = "visitor-" + std::to_string(++asked);
    const auto said = said_to(header + "a login " + user + " secret\r\nb logout\r\n");
    if (said.find("Logged in") == std::string::npos) return kRefused;
    const auto line = dovecot.server().wait_for_message("Login: user=<" + user + ">");
    const auto client = line.find("rip=") + 4;
    return line.substr(client, line.find(',', client) - client);
  };
  expect_facts(ask, {.local = kPeer,
                     .unspecified = kRefused,
                     .path = kPeer,
                     .datagram = kRefused,
                     .unknown_with_addresses = kPeer,
                     .nothing = kRefused,
                     .largest = 1500,
                     .judges_checksum = false});
  expect_half_a_header_refused();
}

// A path makes its client local, whom accounts may trust most; and without a header the gateway is the client.
TEST_F(ReceiversFacts, MariaDbTakes256BytesAndAPathForLocalhost) {
  const MariaDb database(home(), kAt, kPeer, "CREATE USER visitor@'%' IDENTIFIED BY 'secret';\n");
  expect_facts([&](const std::string& header) { return refused_user_of(header); }, {.local = kPeer,
                                                                                    .unspecified = kRefused,
                                                                                    .path = "localhost",
                                                                                    .datagram = kRefused,
                                                                                    .unknown_with_addresses = kPeer,
                                                                                    .nothing = kPeer,
                                                                                    .largest = 256,
                                                                                    .judges_checksum = false});
}

}  // namespace
}  // namespace realpeer::testing
