// What the header to the backend carries beyond the addresses.
#include <map>

#include "e2e/chain.h"
#include "harness/client_hello.h"
#include "harness/proxy_header_oracle.h"

namespace realpeer::testing {
namespace {

using namespace std::literals;

constexpr std::uint8_t kAlpn = 0x01;
constexpr std::uint8_t kAuthority = 0x02;
constexpr std::uint8_t kCrc32c = 0x03;
constexpr std::uint8_t kNoop = 0x04;
constexpr std::uint8_t kUniqueId = 0x05;
constexpr std::uint8_t kCustom = 0xEA;

using Tlvs = std::vector<std::pair<std::uint8_t, std::string>>;

Tlvs parse(std::string_view bytes) {
  Tlvs found;
  while (bytes.size() >= 3) {
    const auto length =
        static_cast<std::size_t>(static_cast<unsigned char>(bytes[1]) << 8 | static_cast<unsigned char>(bytes[2]));
    found.emplace_back(static_cast<std::uint8_t>(bytes[0]), bytes.substr(3, length));
    bytes.remove_prefix(3 + length);
  }
  EXPECT_EQ(bytes, "");
  return found;
}

class HeaderTlvs : public Chain {
 protected:
  // A listener with a route, and what is sent to its backend.
  void start_with(const std::string& listener, const std::string& settings) {
    config.text = R"(
listeners:
  - name: in
    bind: "203.0.113.1:7000"
    )" + listener +
                  R"(
backends:
  app: { endpoints: ["10.77.0.2:9000"], )" +
                  settings + " }\n";
    start();
  }
  void start_edge(const std::string& settings) {
    start_with("accept_proxy: off\n    route: { sni: { '*.example.com': app } }", settings);
  }
  void start_inner(const std::string& settings) {
    start_with("accept_proxy: strict\n    trusted_cidrs: [203.0.113.42/32]\n    route: { backend: app }", settings);
  }
  // The header that the backend gets when a client sends this.
  SeenHeader header_after(const std::string& sent) {
    Socket client = connect();
    client.send_all(sent);
    Socket server = backend->accept();
    auto header = read_proxy_v2(server);
    expect_client_is(client, server);
    last_peer = client.local();
    return header;
  }
  // The connection carries on after whatever was read of it.
  static void expect_client_is(Socket& client, Socket& server) {
    client.send_all("the end");
    std::string read;
    while (!read.ends_with("the end")) read += server.receive_exactly(1);
  }

  Endpoint last_peer;
};

const std::string kHello = hellos::record(
    hellos::hello(hellos::server_name("git.example.com") + hellos::alpn({"\x4a\x4a"sv, "h2"sv, "http/1.1"sv})));

// A header as another gateway sends it, with everything in it.
const std::string kInbound = proxy_v2(kClaimed, kDialled,
                                      tlv(kAlpn, "http/1.1") + tlv(kAuthority, "web.example.com") + tlv(kNoop, "...") +
                                          tlv(kUniqueId, "their-id") + tlv(kCustom, "vpce-1"));

TEST_P(HeaderTlvs, AreNoneByDefault) {
  start_inner("identity: proxy-v2");
  const auto header = header_after(kInbound);
  EXPECT_EQ(header.size, 28U);
  EXPECT_EQ(header.tlvs, "");
}

TEST_P(HeaderTlvs, TellWhatTheClientHelloAsksFor) {
  start_edge("send_tlvs: [authority, alpn]");
  EXPECT_EQ(parse(header_after(kHello).tlvs), (Tlvs{{kAuthority, "git.example.com"}, {kAlpn, "h2"}}));
}

TEST_P(HeaderTlvs, IdentifyTheConnectionAsTheLogDoes) {
  start_edge("send_tlvs: [unique_id]");
  const auto first = parse(header_after(kHello).tlvs);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].first, kUniqueId);
  EXPECT_EQ(record_of(last_peer).text("unique_id"), first[0].second);
  EXPECT_NE(parse(header_after(kHello).tlvs), first) << "no two connections have the same";
}

TEST_P(HeaderTlvs, KeepWhatATrustedPeerSaid) {
  start_inner("send_tlvs: [authority, alpn, unique_id]");
  EXPECT_EQ(parse(header_after(kInbound).tlvs),
            (Tlvs{{kAuthority, "web.example.com"}, {kAlpn, "http/1.1"}, {kUniqueId, "their-id"}}));
  EXPECT_EQ(record_of(last_peer).text("unique_id"), "their-id");
}

TEST_P(HeaderTlvs, PassThroughWholeOrByType) {
  start_inner("pass_through_tlvs: all");
  EXPECT_EQ(parse(header_after(kInbound).tlvs),
            (Tlvs{{kAlpn, "http/1.1"}, {kAuthority, "web.example.com"}, {kUniqueId, "their-id"}, {kCustom, "vpce-1"}}));
}

TEST_P(HeaderTlvs, PassThroughByType) {
  start_inner("pass_through_tlvs: [0xEA, ssl]");
  EXPECT_EQ(parse(header_after(kInbound).tlvs), (Tlvs{{kCustom, "vpce-1"}}));
}

TEST_P(HeaderTlvs, OfAPeerThatIsNotTrustedNeverPass) {
  start_with("accept_proxy: mixed\n    trusted_cidrs: [203.0.113.99/32]\n    route: { backend: app }",
             "pass_through_tlvs: all, send_tlvs: [unique_id]");
  Socket client = connect();
  client.send_all(kInbound);
  EXPECT_EQ(client.ending().end, End::reset);
  EXPECT_EQ(record_of(client.local()).text("reason"), "untrusted_header");
  // A client that is slow to speak is connected before it does.
  while (backend->pending_within(Duration{0})) backend->accept();
  EXPECT_EQ(parse(header_after("plain data").tlvs).size(), 1U) << "an id of our own";
}

TEST_P(HeaderTlvs, AreCoveredByAChecksumThatOthersAccept) {
  start_edge("send_tlvs: [crc32c, authority]");
  Socket client = connect();
  client.send_all(kHello);
  Socket server = backend->accept();
  const auto fixed = server.receive_exactly(16);
  const auto rest = server.receive_exactly(
      static_cast<std::size_t>(static_cast<unsigned char>(fixed[14]) << 8 | static_cast<unsigned char>(fixed[15])));
  const auto reading = harness::read_proxy_header(fixed + rest);
  EXPECT_EQ(reading.verdict, harness::HeaderReading::Verdict::accept) << "the independent decoder verifies checksums";
  EXPECT_EQ(rest.substr(12, 3), "\x03\x00\x04"s);
}

INSTANTIATE_TEST_SUITE_P(Path, HeaderTlvs, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
