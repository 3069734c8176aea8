// Who may speak for others. Nothing forged is ever forwarded, whenever and however it comes.
#include <system_error>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

const Endpoint kVictim = endpoint("198.51.100.250:1");

class Trust : public Chain {
 protected:
  Socket connect_stranger() { return connect({.from = kStranger}); }

  // The connection must have been refused for a forged header, and the backend have seen none of it.
  void expect_forgery_refused(Socket& stranger, const Endpoint& peer) {
    EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
    const auto record = record_of(peer);
    EXPECT_EQ(record.text("end"), "rejected") << record;
    EXPECT_EQ(record.text("reason"), "untrusted_header") << record;
    EXPECT_FALSE(record.boolean("trusted")) << record;
    // The gateway may have connected already, for a server that speaks first: its own header, and then nothing.
    if (backend->pending_within(Duration{0})) expect_nothing_but_own_header(backend->accept(), peer);
  }

  void expect_nothing_but_own_header(Socket server, const Endpoint& peer) {
    const auto seen = server.ending(kSoon);
    EXPECT_NE(seen.end, End::deadline);
    if (!seen.bytes.empty()) {
      EXPECT_EQ(seen.bytes, proxy_v2(peer, endpoint("203.0.113.1:7000")));
    }
  }
};

TEST_P(Trust, StrictRefusesAStrangerBeforeItSpeaks) {
  start();
  Socket stranger = connect_stranger();
  EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
  const auto record = record_of(stranger.local());
  EXPECT_EQ(record.text("end"), "rejected") << record;
  EXPECT_EQ(record.text("reason"), "untrusted_source") << record;
  EXPECT_FALSE(record.boolean("trusted")) << record;
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

TEST_P(Trust, StrictRefusesAStrangersHeader) {
  start();
  Socket stranger = connect_stranger();
  const auto peer = stranger.local();
  try {
    stranger.send_all(proxy_v2(kVictim, kDialled) + "payload");
  } catch (const std::system_error&) {
    // Refused before it was sent.
  }
  EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
  EXPECT_EQ(record_of(peer).text("reason"), "untrusted_source");
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

TEST_P(Trust, MixedTakesAStrangerForTheClientItIs) {
  config.accept_proxy = "mixed";
  start();
  Socket stranger = connect_stranger();
  const auto peer = stranger.local();
  stranger.send_all("hello");
  Socket server = backend->accept();
  const auto header = read_proxy_v2(server);
  EXPECT_EQ(header.source, peer);
  EXPECT_EQ(header.destination, endpoint("203.0.113.1:7000"));
  EXPECT_EQ(server.receive_exactly(5), "hello");
  expect_conversation(stranger, server);
  stranger.close();
  server.receive_until_eof();
  server.close();
  const auto record = expect_record(peer, "closed", 5 + kAsked, kAnswered);
  EXPECT_EQ(record.text("client_addr"), to_string(peer)) << record;
  EXPECT_EQ(record.text("client_source"), "peer") << record;
  EXPECT_FALSE(record.boolean("trusted")) << record;
}

TEST_P(Trust, MixedLetsTheServerSpeakFirstToAStranger) {
  config.accept_proxy = "mixed";
  start();
  Socket stranger = connect_stranger();
  Socket server = backend->accept(kSoon);
  server.send_all("SSH-2.0-server\r\n");
  EXPECT_TRUE(stranger.readable_within(kSoon));
  EXPECT_EQ(stranger.receive_exactly(16), "SSH-2.0-server\r\n");
  read_proxy_v2(server);
  expect_conversation(stranger, server);
}

TEST_P(Trust, MixedRefusesAForgedHeader) {
  config.accept_proxy = "mixed";
  start();
  for (const auto& forged :
       {proxy_v2(kVictim, kDialled), proxy_v1(kVictim, kDialled), proxy_v2_local(), std::string("PROXY UNKNOWN\r\n")}) {
    Socket stranger = connect_stranger();
    const auto peer = stranger.local();
    stranger.send_all(forged + "payload");
    expect_forgery_refused(stranger, peer);
  }
}

TEST_P(Trust, MixedRefusesAForgedHeaderThatComesByteByByte) {
  config.accept_proxy = "mixed";
  start();
  for (const auto& forged : {proxy_v2(kVictim, kDialled), proxy_v1(kVictim, kDialled)}) {
    Socket stranger = connect_stranger();
    const auto peer = stranger.local();
    try {
      stranger.send_bytewise(forged + "payload");
    } catch (const std::system_error&) {
      // Refused while it was being sent.
    }
    expect_forgery_refused(stranger, peer);
  }
}

TEST_P(Trust, MixedRefusesAForgedHeaderThatComesAfterTheServersBanner) {
  config.accept_proxy = "mixed";
  start();
  for (const bool bytewise : {false, true}) {
    Socket stranger = connect_stranger();
    const auto peer = stranger.local();
    Socket server = backend->accept(kSoon);
    server.send_all("SSH-2.0-server\r\n");
    ASSERT_EQ(stranger.receive_exactly(16), "SSH-2.0-server\r\n");
    try {
      if (bytewise) stranger.send_bytewise(proxy_v2(kVictim, kDialled) + "payload");
      if (!bytewise) stranger.send_all(proxy_v2(kVictim, kDialled) + "payload");
    } catch (const std::system_error&) {
      // Refused while it was being sent.
    }
    expect_forgery_refused(stranger, peer);
    expect_nothing_but_own_header(std::move(server), peer);
  }
}

// What only begins like a header is somebody's payload.
TEST_P(Trust, MixedDeliversBytesThatOnlyResembleAHeader) {
  config.accept_proxy = "mixed";
  start();
  // Again and again: the FIN that settles what the bytes are comes at every moment of their inspection.
  for (int round = 0; round < 30; ++round) {
    for (const std::string lookalike : {"\r\n\r\nhello", "PROXIMA b\r\n", "PRO", "P", "\r\n", "\r\n\r\n"}) {
      Socket stranger = connect_stranger();
      stranger.send_bytewise(lookalike);
      stranger.shutdown_write();
      Socket server = backend->accept();
      read_proxy_v2(server);
      ASSERT_TRUE(server.readable_within(kSoon)) << "round " << round << ": " << lookalike << " is held back";
      ASSERT_EQ(server.receive_until_eof(), lookalike);
    }
  }
}

TEST_P(Trust, MixedTakesAHeaderLaterInAStrangersStreamForPayload) {
  config.accept_proxy = "mixed";
  start();
  Socket stranger = connect_stranger();
  stranger.send_all("hello");
  Socket server = backend->accept();
  read_proxy_v2(server);
  EXPECT_EQ(server.receive_exactly(5), "hello");
  const auto later = proxy_v2(kVictim, kDialled);
  stranger.send_all(later);
  EXPECT_EQ(server.receive_exactly(later.size()), later);
}

TEST_P(Trust, MixedRequiresAHeaderFromATrustedPeer) {
  config.accept_proxy = "mixed";
  start();
  Socket client = connect();
  client.send_all("GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(client.ending(kSoon).end, End::deadline);
  const auto record = record_of(client.local());
  EXPECT_EQ(record.text("reason"), "header_missing") << record;
  EXPECT_TRUE(record.boolean("trusted")) << record;
  EXPECT_FALSE(backend->pending_within(Duration{0}));
}

TEST_P(Trust, MixedBelievesATrustedPeersHeader) {
  config.accept_proxy = "mixed";
  start();
  auto [client, server, header] = open();
  EXPECT_EQ(header.source, kClaimed);
  expect_conversation(client, server);
}

TEST_P(Trust, OptionalUsesATrustedPeersHeaderAndDoesWithout) {
  config.accept_proxy = "optional";
  start();
  auto with = open();
  EXPECT_EQ(with.header.source, kClaimed);
  expect_conversation(with.client, with.server);

  Socket without = connect();
  without.send_all("hello");
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, without.local());
  EXPECT_EQ(server.receive_exactly(5), "hello");
}

TEST_P(Trust, OptionalRefusesAStrangersHeader) {
  config.accept_proxy = "optional";
  start();
  Socket stranger = connect_stranger();
  const auto peer = stranger.local();
  stranger.send_all(proxy_v2(kVictim, kDialled) + "payload");
  expect_forgery_refused(stranger, peer);
}

TEST_P(Trust, OffTakesAHeaderForPayload) {
  config.accept_proxy = "off";
  start();
  Socket client = connect();
  const auto sent = proxy_v2(kVictim, kDialled) + "payload";
  client.send_all(sent);
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, client.local());
  EXPECT_EQ(server.receive_exactly(sent.size()), sent);
  expect_conversation(client, server);
}

TEST_P(Trust, ADualStackListenerKnowsATrustedIPv4Peer) {
  config.binds = {"[::]:7000"};
  start();
  Socket client = testing::connect(net->client, endpoint("203.0.113.1:7000"));
  const auto peer = client.local();
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  client.close();
  server.close();
  EXPECT_TRUE(record_of(peer).boolean("trusted"));

  Socket stranger = testing::connect(net->client, endpoint("203.0.113.1:7000"), {.from = kStranger});
  EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
  EXPECT_EQ(record_of(stranger.local()).text("reason"), "untrusted_source");
}

INSTANTIATE_TEST_SUITE_P(Path, Trust, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
