#include "session/presentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_protocol/decode.h"
#include "proxy_protocol/wire.h"

namespace realpeer::session {
namespace {

using proxy_protocol::Tlv;
using testing::ElementsAre;
using testing::IsEmpty;
namespace wire = proxy_protocol::wire;

constexpr std::uint8_t custom = 0xEA;

const std::vector<Tlv> inbound{
    {wire::type_alpn, "h2"},   {wire::type_authority, "old.example.com"}, {wire::type_crc32c, "1234"},
    {wire::type_noop, "...."}, {wire::type_unique_id, "their-id"},        {custom, "vpce-1"}};

Presented presented(std::span<const Tlv> believed = {}) {
  return {.client = *net::parse_endpoint("203.0.113.42:5555"),
          .destination = *net::parse_endpoint("192.0.2.10:443"),
          .believed = believed,
          .server_name = "git.example.com",
          .protocol = "http/1.1",
          .made_id = "our-id"};
}

TEST(Tlvs, AreNoneByDefault) { EXPECT_THAT(outgoing_tlvs({}, presented(inbound)), IsEmpty()); }

TEST(Tlvs, ComeFromTheClientHello) {
  EXPECT_THAT(outgoing_tlvs({.authority = true, .alpn = true}, presented(inbound)),
              ElementsAre(Tlv{wire::type_authority, "git.example.com"}, Tlv{wire::type_alpn, "http/1.1"}));
}

TEST(Tlvs, ComeFromTheBelievedHeaderWhereNoHelloWasRead) {
  Presented without_hello = presented(inbound);
  without_hello.server_name = {};
  without_hello.protocol = {};
  EXPECT_THAT(outgoing_tlvs({.authority = true, .alpn = true}, without_hello),
              ElementsAre(Tlv{wire::type_authority, "old.example.com"}, Tlv{wire::type_alpn, "h2"}));
}

TEST(Tlvs, AreLeftOutWhereNothingIsKnown) {
  Presented nothing = presented();
  nothing.server_name = {};
  nothing.protocol = {};
  EXPECT_THAT(outgoing_tlvs({.authority = true, .alpn = true}, nothing), IsEmpty());
}

TEST(Tlvs, KeepTheIdGivenOnTheWayHere) {
  EXPECT_THAT(outgoing_tlvs({.unique_id = true}, presented(inbound)),
              ElementsAre(Tlv{wire::type_unique_id, "their-id"}));
}

TEST(Tlvs, GiveAConnectionAnIdThatHasNone) {
  EXPECT_THAT(outgoing_tlvs({.unique_id = true}, presented()), ElementsAre(Tlv{wire::type_unique_id, "our-id"}));
}

TEST(Tlvs, PassThroughInTheirOrderWithoutChecksumAndPadding) {
  EXPECT_THAT(outgoing_tlvs({.pass_all = true}, presented(inbound)),
              ElementsAre(inbound[0], inbound[1], inbound[4], inbound[5]));
}

TEST(Tlvs, PassThroughByType) {
  EXPECT_THAT(outgoing_tlvs({.pass_types = {custom, wire::type_ssl}}, presented(inbound)), ElementsAre(inbound[5]));
}

TEST(Tlvs, AreSentOnceWhenTheyWouldAlsoPassThrough) {
  EXPECT_THAT(outgoing_tlvs({.authority = true, .unique_id = true, .pass_all = true}, presented(inbound)),
              ElementsAre(Tlv{wire::type_authority, "git.example.com"}, inbound[4], inbound[0], inbound[5]));
}

config::Backend backend_with(config::Identity identity, config::Tlvs tlvs = {}) {
  config::Backend backend;
  backend.identity = identity;
  backend.tlvs = std::move(tlvs);
  return backend;
}

std::size_t length(const config::Backend& backend, const Presented& what) { return presentation(backend, what).size(); }

TEST(Presentation, IsTheBareHeaderByDefault) {
  EXPECT_EQ(length(backend_with(config::Identity::proxy_v2), presented(inbound)), 28U);
  Presented v6 = presented(inbound);
  v6.client = *net::parse_endpoint("[2001:db8::42]:5555");
  EXPECT_EQ(length(backend_with(config::Identity::proxy_v2), v6), 52U) << "mixed families are promoted";
}

TEST(Presentation, OfVersionOneIsALine) {
  EXPECT_EQ(presentation(backend_with(config::Identity::proxy_v1), presented(inbound)),
            "PROXY TCP4 203.0.113.42 192.0.2.10 5555 443\r\n");
}

TEST(Presentation, IsNothingWithoutIdentity) {
  EXPECT_EQ(presentation(backend_with(config::Identity::none), presented(inbound)), "");
}

TEST(Presentation, CarriesAChecksumOverEverything) {
  const auto bytes =
      presentation(backend_with(config::Identity::proxy_v2, {.crc32c = true, .pass_all = true}), presented(inbound));
  const auto decoding = proxy_protocol::decode(std::as_bytes(std::span(bytes)));
  const auto* accepted = std::get_if<proxy_protocol::Accepted>(&decoding);
  ASSERT_NE(accepted, nullptr) << "the checksum was verified";
  EXPECT_EQ(accepted->length, bytes.size());
  EXPECT_EQ(accepted->header.tlvs.front().type, wire::type_crc32c);
}

}  // namespace
}  // namespace realpeer::session
