#include "proxy_protocol/encode.h"

#include <gtest/gtest.h>

#include <random>

#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using samples::endpoint;
using samples::inet6_block;
using samples::inet6_header;
using samples::inet_block;
using samples::inet_header;
using samples::tlv;
using samples::v2;

Header as_v1(Header header) {
  header.version = Version::v1;
  return header;
}

Header decoded(const std::string& bytes) {
  const Decoding decoding = samples::decode_text(bytes);
  const auto* accepted = std::get_if<Accepted>(&decoding);
  EXPECT_NE(accepted, nullptr);
  if (accepted == nullptr) return {};
  EXPECT_EQ(accepted->length, bytes.size());
  return accepted->header;
}

TEST(Encode, TheBareIpv4HeaderIs28Bytes) {
  EXPECT_EQ(encode(inet_header()), v2(0x21, 0x11, inet_block));
  EXPECT_EQ(encode(inet_header()).size(), 28U);
}

TEST(Encode, TheBareIpv6HeaderIs52Bytes) {
  EXPECT_EQ(encode(inet6_header()), v2(0x21, 0x21, inet6_block));
  EXPECT_EQ(encode(inet6_header()).size(), 52U);
}

TEST(Encode, V1WritesTcp4) {
  EXPECT_EQ(encode(as_v1(inet_header())), "PROXY TCP4 192.0.2.1 198.51.100.9 4660 443\r\n");
}

TEST(Encode, V1WritesTcp6) {
  EXPECT_EQ(encode(as_v1(inet6_header())), "PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n");
}

TEST(Encode, V1WritesNoTlvs) {
  Header header = as_v1(inet_header());
  header.tlvs = {{1, "h2"}};
  EXPECT_EQ(encode(header), encode(as_v1(inet_header())));
}

TEST(Encode, V1BecomesUnknownForWhatItCannotSay) {
  Header local = as_v1(inet_header());
  local.command = Command::local;
  Header datagram = as_v1(inet_header());
  datagram.transport = Transport::dgram;
  Header nobody = as_v1(inet_header());
  nobody.source.reset();
  Header unix_socket;
  unix_socket.version = Version::v1;
  unix_socket.family = Family::unix_socket;
  unix_socket.transport = Transport::stream;
  for (const Header& header : {local, datagram, nobody, unix_socket}) EXPECT_EQ(encode(header), "PROXY UNKNOWN\r\n");
}

TEST(Encode, WhatWasDecodedReadsTheSameAgain) {
  for (const auto& good : samples::good_headers()) {
    SCOPED_TRACE(good.name);
    Header expected = good.header;
    const bool says_where =
        expected.family == Family::unspec || expected.family == Family::unix_socket || expected.source.has_value();
    if (!says_where) {
      // A family whose addresses the receiver had to ignore: there is nothing left to write it with.
      expected.family = Family::unspec;
      expected.transport = Transport::unspec;
    }
    EXPECT_EQ(decoded(encode(good.header)), expected);
  }
}

TEST(Encode, CanonicalHeadersComeBackByteForByte) {
  for (const auto& good : samples::good_headers()) {
    const bool canonical = good.name == "V1Tcp4" || good.name == "V1Tcp6Longest" || good.name == "V2Unix" ||
                           good.name == "V2Ssl" || good.name == "V2Checksum" || good.name == "V2OfHaproxyWithTls";
    if (canonical) {
      EXPECT_EQ(encode(good.header), good.bytes) << good.name;
    }
  }
}

TEST(Encode, TheChecksumIsComputedWhateverItsValueSays) {
  Header header = inet_header();
  header.tlvs = {{1, "h2"}, {3, "stale value"}, {4, "pad"}};
  const std::string bytes = encode(header);
  EXPECT_EQ(bytes, samples::with_checksum_at(
                       36, v2(0x21, 0x11, inet_block + tlv(1, "h2") + tlv(3, {"\0\0\0\0", 4}) + tlv(4, "pad"))));
  EXPECT_EQ(decoded(bytes).tlvs.size(), 3U);
}

TEST(Encode, ASecondChecksumIsLeftOut) {
  Header header = inet_header();
  header.tlvs = {{3, ""}, {3, ""}};
  EXPECT_EQ(decoded(encode(header)).tlvs.size(), 1U);
}

TEST(Encode, TlvsBeyondTheLengthFieldAreLeftOut) {
  Header header = inet_header();
  header.tlvs = {
      {4, std::string(65'000, 'n')}, {4, std::string(65'000, 'm')}, {1, "h2"}, {4, std::string(70'000, 'o')}};
  const std::string bytes = encode(header);
  EXPECT_EQ(bytes, v2(0x21, 0x11, inet_block + tlv(4, std::string(65'000, 'n')) + tlv(1, "h2")));
}

TEST(Encode, LocalIsSixteenBytes) {
  Header header;
  header.command = Command::local;
  EXPECT_EQ(encode(header), v2(0x20, 0x00, ""));
}

TEST(Encode, AFamilyWithoutItsAddressesIsUnspec) {
  Header missing = inet_header();
  missing.destination.reset();
  Header wrong_kind = inet6_header();
  wrong_kind.family = Family::inet;
  Header too_long;
  too_long.family = Family::unix_socket;
  too_long.transport = Transport::stream;
  too_long.source_path = std::string(109, 'p');
  for (const Header& header : {missing, wrong_kind, too_long}) EXPECT_EQ(encode(header), v2(0x21, 0x00, ""));
}

TEST(Encode, APathMayFillItsField) {
  Header header;
  header.family = Family::unix_socket;
  header.transport = Transport::stream;
  header.source_path = std::string(108, 'p');
  EXPECT_EQ(decoded(encode(header)), header);
}

TEST(Encode, ScopeIdsStayAtHome) {
  Header header = as_v1(inet6_header());
  auto scoped = boost::asio::ip::make_address_v6("fe80::1");
  scoped.scope_id(1);
  header.source = net::Endpoint(scoped, 1);
  EXPECT_EQ(encode(header), "PROXY TCP6 fe80::1 2001:db8::2 1 443\r\n");
}

TEST(MakeProxyHeader, OfAnyTwoEndpointsReadsTheSameAgainInBothVersions) {
  std::mt19937 random(20200305);
  const auto any_endpoint = [&random]() -> net::Endpoint {
    boost::asio::ip::address_v6::bytes_type raw;
    // Bytes of zero are frequent, since text shortens runs of them.
    for (auto& byte : raw) byte = static_cast<unsigned char>(random() % 2 == 0 ? 0 : random());
    const auto port = static_cast<std::uint16_t>(random());
    if (random() % 2 == 0) return {boost::asio::ip::address_v6(raw), port};
    return {boost::asio::ip::address_v4(static_cast<std::uint32_t>(random())), port};
  };
  for (int round = 0; round < 5000; ++round) {
    for (const Version version : {Version::v1, Version::v2}) {
      const Header header = make_proxy_header(version, any_endpoint(), any_endpoint());
      ASSERT_EQ(decoded(encode(header)), header) << testing::PrintToString(encode(header));
    }
  }
}

TEST(MakeProxyHeader, OfOneFamilyKeepsIt) {
  EXPECT_EQ(make_proxy_header(Version::v2, endpoint("192.0.2.1", 4660), endpoint("198.51.100.9", 443)), inet_header());
  EXPECT_EQ(make_proxy_header(Version::v2, endpoint("2001:db8::1", 4660), endpoint("2001:db8::2", 443)),
            inet6_header());
}

TEST(MakeProxyHeader, OfMixedFamiliesPromotesTheIpv4Client) {
  const Header header = make_proxy_header(Version::v2, endpoint("203.0.113.42", 1), endpoint("2001:db8::2", 443));
  EXPECT_EQ(header.family, Family::inet6);
  EXPECT_EQ(header.source, endpoint("::ffff:203.0.113.42", 1));
  EXPECT_EQ(encode(header).size(), 52U);
}

TEST(MakeProxyHeader, OfMixedFamiliesPromotesTheIpv4Destination) {
  const Header header = make_proxy_header(Version::v2, endpoint("2001:db8::1", 1), endpoint("198.51.100.9", 443));
  EXPECT_EQ(header.destination, endpoint("::ffff:198.51.100.9", 443));
  EXPECT_EQ(decoded(encode(header)), header);
}

TEST(MakeProxyHeader, OfMixedFamiliesWritesMappedTextInV1) {
  EXPECT_EQ(encode(make_proxy_header(Version::v1, endpoint("203.0.113.42", 1), endpoint("2001:db8::2", 443))),
            "PROXY TCP6 ::ffff:203.0.113.42 2001:db8::2 1 443\r\n");
}

TEST(MakeProxyHeader, OfAMappedClientOfADualStackListenerIsIpv4) {
  EXPECT_EQ(make_proxy_header(Version::v2, endpoint("::ffff:192.0.2.1", 4660), endpoint("::ffff:198.51.100.9", 443)),
            inet_header());
}

}  // namespace
}  // namespace realpeer::proxy_protocol
