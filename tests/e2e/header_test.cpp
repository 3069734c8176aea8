// The header on its way in: in pieces, with payload, late, broken, or twice.
#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class Header : public Chain {
 protected:
  // Sends the bytes and, when asked, a FIN; the connection must end without a byte of answer. Its record.
  Record expect_refused(const std::string& bytes, const std::string& reason, bool then_fin = false) {
    Socket client = connect();
    const auto peer = client.local();
    client.send_all(bytes);
    if (then_fin) client.shutdown_write();
    const auto ending = client.ending(kSoon);
    EXPECT_NE(ending.end, End::deadline) << "not refused: " << reason;
    EXPECT_EQ(ending.bytes, "");
    const auto record = record_of(peer);
    EXPECT_EQ(record.text("end"), "rejected") << record;
    EXPECT_EQ(record.text("reason"), reason) << record;
    EXPECT_FALSE(backend->pending_within(Duration{0})) << "the backend was reached";
    return record;
  }
};

TEST_P(Header, AHeaderSplitByteByByteIsRead) {
  start();
  Socket client = connect();
  client.send_bytewise(proxy_v2(kClaimed, kDialled, tlv(0x05, "id")) + "payload");
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
}

TEST_P(Header, AVersionOneHeaderSplitByteByByteIsRead) {
  start();
  Socket client = connect();
  client.send_bytewise(proxy_v1(kClaimed, kDialled) + "payload");
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  EXPECT_EQ(server.receive_exactly(7), "payload");
  expect_conversation(client, server);
}

TEST_P(Header, AMiBOfPayloadInOneSendWithTheHeaderArrivesWhole) {
  start();
  Socket client = connect({.send_buffer = 4 * 1024 * 1024});
  client.send_all(proxy_v2(kClaimed, kDialled) + kUpload.bytes(0, kMiB));
  const auto peer = client.local();
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  receive_content(server, kUpload, kMiB);
  expect_conversation(client, server);
  client.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  expect_record(peer, "closed", kMiB + kAsked, kAnswered);
}

TEST_P(Header, AHeaderAsLongAsTheLimitIsSkippedExactly) {
  start();
  Socket client = connect();
  // 16 fixed bytes, 12 of addresses, 3 of the TLV's head.
  client.send_all(proxy_v2(kClaimed, kDialled, tlv(0x04, std::string(4096 - 31, '\0'))) + "payload");
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  EXPECT_EQ(server.receive_exactly(7), "payload");
}

TEST_P(Header, ASecondHeaderBehindTheFirstIsPayload) {
  start();
  const auto second = proxy_v2(endpoint("192.0.2.66:6666"), kDialled);
  Socket client = connect();
  client.send_all(proxy_v2(kClaimed, kDialled) + second);
  Socket server = backend->accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  EXPECT_EQ(server.receive_exactly(second.size()), second);
}

TEST_P(Header, ASecondHeaderLaterInTheStreamIsPayload) {
  start();
  const auto second = proxy_v2(endpoint("192.0.2.66:6666"), kDialled) + proxy_v1(kClaimed, kDialled);
  auto [client, server, header] = open();
  const auto peer = client.local();
  expect_conversation(client, server);
  client.send_all(second);
  EXPECT_EQ(server.receive_exactly(second.size()), second);
  client.close();
  server.receive_until_eof();
  server.close();
  EXPECT_EQ(expect_record(peer, "closed", kAsked + second.size(), kAnswered).text("client_addr"), to_string(kClaimed));
}

TEST_P(Header, APeerThatSaysNothingIsRefusedWhenTheHeaderIsDue) {
  config.header_timeout = "1s";
  start();
  const Stopwatch since_connect;
  expect_refused("", "header_timeout");
  EXPECT_GE(since_connect.elapsed(), Duration{900});
  EXPECT_LE(since_connect.elapsed(), Duration{2'000});
}

TEST_P(Header, HalfAHeaderIsRefusedWhenTheRestIsDue) {
  config.header_timeout = "1s";
  start();
  const Stopwatch since_connect;
  expect_refused(proxy_v2(kClaimed, kDialled).substr(0, 20), "header_timeout");
  EXPECT_GE(since_connect.elapsed(), Duration{900});
  EXPECT_LE(since_connect.elapsed(), Duration{2'000});
}

TEST_P(Header, TheDeadlineIsForTheWholeHeaderAndNotForItsNextByte) {
  config.header_timeout = "1s";
  start();
  Socket client = connect();
  const Stopwatch since_connect;
  const auto header = proxy_v2(kClaimed, kDialled);
  std::size_t sent = 0;
  // One byte every 200 ms: the whole header would take more than 5 s.
  while (sent < header.size() && !client.readable_within(Duration{200})) {
    client.send_all(header.substr(sent++, 1));
  }
  EXPECT_LE(since_connect.elapsed(), Duration{2'000});
  EXPECT_EQ(record_of(client.local()).text("reason"), "header_timeout");
}

TEST_P(Header, APeerThatClosesInTheMiddleOfItsHeaderSentATruncatedOne) {
  start();
  expect_refused(proxy_v2(kClaimed, kDialled).substr(0, 13), "header_truncated", true);
  expect_refused(proxy_v2(kClaimed, kDialled).substr(0, 27), "header_truncated", true);
  expect_refused("PROXY TCP4 198.51", "header_truncated", true);
}

TEST_P(Header, BrokenHeadersAreRefusedWithTheirReason) {
  start();
  const std::string block = proxy_v2(kClaimed, kDialled).substr(16);
  expect_refused(proxy_v2_raw(0x22, 0x11, block), "header_malformed");               // undefined command
  expect_refused(proxy_v2_raw(0x21, 0x41, block), "header_malformed");               // undefined family
  expect_refused(proxy_v2_raw(0x21, 0x11, block.substr(0, 8)), "header_malformed");  // block shorter than its family
  expect_refused(proxy_v2(kClaimed, kDialled, "\x04\x7F"), "header_malformed");      // a TLV cut short
  expect_refused(proxy_v2(kClaimed, kDialled, tlv(0x03, "\x01\x02\x03\x04")), "checksum_mismatch");
  expect_refused(proxy_v2(kClaimed, kDialled, tlv(0x04, std::string(8192, '\0'))), "header_too_large");
  expect_refused("PROXY TCP4 198.51.100.7 192.0.2.10 40001 65536\r\n", "header_malformed");
  expect_refused("PROXY TCP4 198.51.100.07 192.0.2.10 40001 443\r\n", "header_malformed");
  expect_refused("PROXY TCP4 198.51.100.7 192.0.2.10 +40001 443\r\n", "header_malformed");
}

TEST_P(Header, ATrustedPeerWithoutAHeaderIsToldApartByWhatItSpeaks) {
  start();
  using namespace std::string_literals;
  const auto looks_like = [&](const std::string& bytes) {
    return expect_refused(bytes, "header_missing").text("looks_like");
  };
  EXPECT_EQ(looks_like("\x16\x03\x01\x00\xC8\x01\x00\x00\xC4\x03\x03"s + kUpload.bytes(0, 194)), "tls_client_hello");
  EXPECT_EQ(looks_like("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), "http");
  EXPECT_EQ(looks_like("SSH-2.0-OpenSSH_9.2p1\r\n"), "ssh");
  EXPECT_EQ(looks_like("\x01\x02\x03 something else entirely\r\n"), "other");
}

TEST_P(Header, AProbeThatClosesWithoutAByteIsNotWorthALineOfTheLog) {
  start();
  connect().close();
  { auto after = open(); }
  gateway->log().wait_for_record([](const Record& record) { return record.text("end") == "closed"; });
  EXPECT_EQ(gateway->log().records().size(), 1U);
}

TEST_P(Header, AProbeIsLoggedAtDebug) {
  config.log_level = "debug";
  start();
  Socket probe = connect();
  const auto peer = probe.local();
  probe.close();
  EXPECT_EQ(record_of(peer).text("reason"), "empty_probe");
}

INSTANTIATE_TEST_SUITE_P(Path, Header, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
