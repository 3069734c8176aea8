// What the backend is told about the client, byte for byte.
#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;
constexpr std::size_t kBareTcp4 = 28;  // bytes of a header without TLVs
constexpr std::size_t kBareTcp6 = 52;

const Endpoint kGateway4 = endpoint("203.0.113.1:7000");
const Endpoint kGateway6 = endpoint("[fd00:c::1]:7000");
const Endpoint kBackend6 = endpoint("[fd00:b::2]:9000");

class Identity : public Chain {
 protected:
  // Connects to `to`, sends `first`, and reads what the backend is told.
  Ends told(const Endpoint& to, const std::string& first) {
    Socket client = testing::connect(net->client, to);
    client.send_all(first);
    Socket server = backend->accept();
    auto header = read_proxy_v2(server);
    return {std::move(client), std::move(server), std::move(header)};
  }

  void expect_header(const SeenHeader& header, std::uint8_t family, const Endpoint& source, const Endpoint& destination,
                     std::size_t size) {
    EXPECT_TRUE(header.proxy);
    EXPECT_EQ(header.family_transport, family);
    EXPECT_EQ(header.source, source);
    EXPECT_EQ(header.destination, destination);
    EXPECT_EQ(header.size, size);
    EXPECT_EQ(header.tlvs, "");
  }
};

TEST_P(Identity, TheClaimedClientAndTheDialledAddressAreEmittedAgain) {
  start();
  auto [client, server, header] = open();
  expect_header(header, kTcp4, kClaimed, kDialled, kBareTcp4);
  expect_conversation(client, server);
}

TEST_P(Identity, AVersionOneHeaderIsEmittedAsVersionTwo) {
  start();
  auto [client, server, header] = told(kGateway4, proxy_v1(kClaimed, kDialled));
  expect_header(header, kTcp4, kClaimed, kDialled, kBareTcp4);
  expect_conversation(client, server);
  const auto peer = client.local();
  client.close();
  server.close();
  EXPECT_EQ(record_of(peer).text("client_source"), "proxy-v1");
}

TEST_P(Identity, AnIPv6HeaderIsEmittedAsOne) {
  start();
  const auto claimed = endpoint("[2001:db8::7]:40001"), dialled = endpoint("[2001:db8::10]:443");
  auto [client, server, header] = told(kGateway4, proxy_v2(claimed, dialled));
  expect_header(header, kTcp6, claimed, dialled, kBareTcp6);
  expect_conversation(client, server);
}

TEST_P(Identity, TlvsAreLoggedAndNotPassedOn) {
  start();
  auto [client, server, header] =
      told(kGateway4, proxy_v2(kClaimed, kDialled, tlv(0x05, "request-1234") + tlv(0xE0, "custom")));
  expect_header(header, kTcp4, kClaimed, kDialled, kBareTcp4);
  const auto peer = client.local();
  client.close();
  server.close();
  const auto record = record_of(peer);
  EXPECT_EQ(record.fields().at("tlv_types").as_array().size(), 2U) << record;
  EXPECT_NE(record.text("unique_id"), "") << record;
}

TEST_P(Identity, ALocalHeaderMeansThePeerItself) {
  start();
  auto [client, server, header] = told(kGateway4, proxy_v2_local());
  expect_header(header, kTcp4, client.local(), kGateway4, kBareTcp4);
  expect_conversation(client, server);
  const auto peer = client.local();
  client.close();
  server.close();
  const auto record = record_of(peer);
  EXPECT_EQ(record.text("client_addr"), to_string(peer)) << record;
  EXPECT_EQ(record.text("client_source"), "local") << record;
}

TEST_P(Identity, HeadersThatNameNobodyMeanThePeerItself) {
  start();
  for (const auto& nobody :
       {std::string("PROXY UNKNOWN\r\n"), std::string("PROXY UNKNOWN 192.0.2.66 192.0.2.1 1 2\r\n"),
        proxy_v2_raw(0x21, 0x00, ""), proxy_v2_raw(0x21, 0x31, std::string(216, '\0')),
        proxy_v2_raw(0x20, 0x11, proxy_v2(kClaimed, kDialled).substr(16))}) {
    auto [client, server, header] = told(kGateway4, nobody + "payload");
    expect_header(header, kTcp4, client.local(), kGateway4, kBareTcp4);
    EXPECT_EQ(server.receive_exactly(7), "payload");
    const auto peer = client.local();
    client.close();
    server.close();
    EXPECT_EQ(record_of(peer).text("client_addr"), to_string(peer));
  }
}

TEST_P(Identity, AnIPv4ClientReachesAnIPv6Backend) {
  config.accept_proxy = "off";
  config.endpoints = {to_string(kBackend6)};
  backend.emplace(net->backend, kBackend6);
  start();
  auto [client, server, header] = told(kGateway4, "payload");
  expect_header(header, kTcp4, client.local(), kGateway4, kBareTcp4);
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
}

TEST_P(Identity, AnIPv6ClientReachesAnIPv4Backend) {
  config.accept_proxy = "off";
  config.binds = {to_string(kGateway6)};
  start();
  auto [client, server, header] = told(kGateway6, "payload");
  expect_header(header, kTcp6, client.local(), kGateway6, kBareTcp6);
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
}

TEST_P(Identity, AnIPv6PeerIsTrustedByItsPrefix) {
  config.binds = {to_string(kGateway6)};
  config.endpoints = {to_string(kBackend6)};
  backend.emplace(net->backend, kBackend6);
  start();
  auto [client, server, header] = told(kGateway6, proxy_v2(kClaimed, kDialled));
  expect_header(header, kTcp4, kClaimed, kDialled, kBareTcp4);
  expect_conversation(client, server);

  Socket stranger = testing::connect(net->client, kGateway6, {.from = endpoint("[fd00:c::66]:0")});
  EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
  EXPECT_EQ(record_of(stranger.local()).text("reason"), "untrusted_source");
}

TEST_P(Identity, AnIPv4ClientOfADualStackListenerIsAnIPv4Client) {
  config.accept_proxy = "off";
  config.binds = {"[::]:7000"};
  start();
  auto [client, server, header] = told(kGateway4, "payload");
  expect_header(header, kTcp4, client.local(), kGateway4, kBareTcp4);
  const auto peer = client.local();
  client.close();
  server.close();
  const auto record = record_of(peer);
  EXPECT_EQ(record.text("client_addr"), to_string(peer)) << record;
}

// One header has one family: an IPv4 client before an IPv6 destination is written v4-mapped.
TEST_P(Identity, MixedFamiliesInOneHeaderArePromotedToIPv6) {
  start();
  const auto mapped = endpoint("[::ffff:198.51.100.7]:40001"), dialled = endpoint("[2001:db8::10]:443");
  auto [client, server, header] = told(kGateway4, proxy_v2(mapped, dialled));
  expect_header(header, kTcp6, mapped, dialled, kBareTcp6);
  const auto peer = client.local();
  client.close();
  server.close();
  EXPECT_EQ(record_of(peer).text("client_addr"), to_string(kClaimed));
}

TEST_P(Identity, VersionOneIsWrittenForBackendsThatWantIt) {
  config.identity = "proxy-v1";
  start();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled) + "payload");
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v1(server), "PROXY TCP4 198.51.100.7 192.0.2.10 40001 443\r\n");
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
}

TEST_P(Identity, VersionOneIsWrittenForIPv6Clients) {
  config.identity = "proxy-v1";
  start();
  Socket client = connect();
  client.send_all(proxy_v2(endpoint("[2001:db8::7]:40001"), endpoint("[2001:db8::10]:443")));
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v1(server), "PROXY TCP6 2001:db8::7 2001:db8::10 40001 443\r\n");
  expect_conversation(client, server);
}

TEST_P(Identity, NoneTellsTheBackendNothing) {
  config.identity = "none";
  start();
  Socket client = connect();
  const auto peer = client.local();
  client.send_all(proxy_v2(kClaimed, kDialled) + "payload");
  Socket server = backend->accept();
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
  client.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(expect_record(peer, "closed", 7 + kAsked, kAnswered).text("identity"), "none");
}

TEST_P(Identity, NoneReachesABackendThatSpeaksFirst) {
  config.identity = "none";
  start();
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = backend->accept();
  server.send_all("220 ready\r\n");
  EXPECT_EQ(client.receive_exactly(11), "220 ready\r\n");
  expect_conversation(client, server);
}

INSTANTIATE_TEST_SUITE_P(Path, Identity, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
