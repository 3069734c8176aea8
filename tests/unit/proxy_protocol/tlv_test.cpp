#include "proxy_protocol/tlv.h"

#include <gtest/gtest.h>

#include "proxy_protocol/checksum.h"
#include "proxy_protocol/wire.h"
#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using samples::tlv;
using namespace std::literals;

TEST(Tlvs, NoBytesAreNoRecords) {
  const auto parsed = parse_tlvs("");
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->empty());
}

TEST(Tlvs, KeepTheOrderOfTheWire) {
  const auto parsed = parse_tlvs(tlv(4, "a") + tlv(1, "h2") + tlv(4, ""));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (std::vector<Tlv>{{4, "a"}, {1, "h2"}, {4, ""}}));
}

TEST(Tlvs, TheErrorSaysWhichRecordRunsOver) {
  const auto parsed = parse_tlvs(tlv(4, "a") + "\x02\x01\x00x"s);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), "TLV 0x02 at byte 4 of the TLVs announces 256 bytes, but 1 are left");
}

TEST(Ssl, GivesItsFixedFieldsAndNestedRecords) {
  const auto ssl = parse_ssl("\x05\x01\x02\x03\x04"s + tlv(0x21, "TLSv1.3") + tlv(0x22, "example.com"));
  ASSERT_TRUE(ssl);
  EXPECT_EQ(ssl->client, 5);
  EXPECT_EQ(ssl->verify, 0x01020304U);
  EXPECT_EQ(ssl->tlvs, (std::vector<Tlv>{{0x21, "TLSv1.3"}, {0x22, "example.com"}}));
}

TEST(Ssl, NestedRecordsAreNotLookedIntoFurther) { EXPECT_TRUE(parse_ssl("\x01\0\0\0\0"s + tlv(0x20, "x"))); }

TEST(Checksum, CountsItsOwnFieldAsZero) {
  const std::string header = "123456789";
  EXPECT_EQ(header_checksum(header + "abcd", 9), header_checksum(header + "efgh", 9));
  EXPECT_NE(header_checksum(header + "abcd", 9), header_checksum("023456789abcd", 9));
}

TEST(Checksum, OfZeroesIsThatOfRfc3720) { EXPECT_EQ(header_checksum(std::string(32, '\0'), 7), 0x8A9136AAU); }

}  // namespace
}  // namespace realpeer::proxy_protocol
