// What one call of decode() says of whole headers, of bad ones and of beginnings.
#include "proxy_protocol/decode.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using policy::RejectReason;
using samples::decode_text;
using samples::inet_block;
using samples::v2;
using namespace std::literals;

class GoodHeader : public testing::TestWithParam<samples::Good> {};
INSTANTIATE_TEST_SUITE_P(Decode, GoodHeader, testing::ValuesIn(samples::good_headers()));

TEST_P(GoodHeader, IsAcceptedWithItsLengthAndValue) {
  const Decoding decoding = decode_text(GetParam().bytes + "payload");
  ASSERT_TRUE(std::holds_alternative<Accepted>(decoding)) << std::get<Refused>(decoding).detail;
  EXPECT_EQ(std::get<Accepted>(decoding).length, GetParam().bytes.size());
  EXPECT_EQ(std::get<Accepted>(decoding).header, GetParam().header);
}

class BadHeader : public testing::TestWithParam<samples::Bad> {};
INSTANTIATE_TEST_SUITE_P(Decode, BadHeader, testing::ValuesIn(samples::bad_headers()));

TEST_P(BadHeader, IsRefusedForItsReasonAndInWords) {
  const Decoding decoding = decode_text(GetParam().bytes);
  ASSERT_TRUE(std::holds_alternative<Refused>(decoding));
  EXPECT_EQ(to_string(std::get<Refused>(decoding).reason), to_string(GetParam().reason));
  EXPECT_FALSE(std::get<Refused>(decoding).detail.empty());
}

struct Unfinished {
  std::string name;
  std::string bytes;
  std::size_t at_least;
};
void PrintTo(const Unfinished& shown, std::ostream* out) { *out << shown.name; }
class UnfinishedHeader : public testing::TestWithParam<Unfinished> {};
INSTANTIATE_TEST_SUITE_P(
    Decode, UnfinishedHeader,
    testing::Values(Unfinished{"Nothing", "", 1}, Unfinished{"V1FirstByte", "P", 1},
                    Unfinished{"V1Signature", "PROXY", 1}, Unfinished{"V1HalfProtocol", "PROXY TC", 1},
                    Unfinished{"V1Tcp4", "PROXY TCP4", 1}, Unfinished{"V1Unknown", "PROXY UNKNOWN", 1},
                    Unfinished{"V1Cr", "PROXY UNKNOWN\r", 1},
                    Unfinished{"V1AllButLf", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r", 1},
                    Unfinished{"V1OneByteShortOfTheLimit", "PROXY UNKNOWN " + std::string(92, 'x'), 1},
                    Unfinished{"V2FirstByte", "\r", 1}, Unfinished{"V2Signature", v2(0x21, 0x11, "").substr(0, 12), 1},
                    Unfinished{"V2Family", v2(0x21, 0x11, "").substr(0, 14), 2},
                    Unfinished{"V2HalfLength", v2(0x21, 0x11, "").substr(0, 15), 1},
                    Unfinished{"V2FixedPart", v2(0x21, 0x11, inet_block).substr(0, 16), 12},
                    Unfinished{"V2AllButOne", v2(0x21, 0x11, inet_block).substr(0, 27), 1},
                    Unfinished{"V2LocalWithMoreToSkip", v2(0x20, 0x00, "abcd").substr(0, 17), 3}));

TEST_P(UnfinishedHeader, NeedsAtLeastSoManyBytesMore) {
  const Decoding decoding = decode_text(GetParam().bytes);
  ASSERT_TRUE(std::holds_alternative<NeedMore>(decoding));
  EXPECT_EQ(std::get<NeedMore>(decoding).at_least, GetParam().at_least);
}

RejectReason reason_of(std::string_view bytes, const DecodeOptions& options) {
  const Decoding decoding = decode_text(bytes, options);
  const auto* refused = std::get_if<Refused>(&decoding);
  return refused != nullptr ? refused->reason : RejectReason::none;
}

TEST(DecodeOptions, DisallowedV1IsRefusedOnceItsSignatureIsThere) {
  const DecodeOptions options{.allow_v1 = false};
  EXPECT_EQ(reason_of("PROX", options), RejectReason::none);
  EXPECT_EQ(reason_of("PROXY", options), RejectReason::version_disallowed);
  EXPECT_EQ(reason_of("PROXY rubbish", options), RejectReason::version_disallowed);
}

TEST(DecodeOptions, DisallowedV2IsRefusedOnceItsSignatureIsThere) {
  const DecodeOptions options{.allow_v2 = false};
  EXPECT_EQ(reason_of(v2(0x21, 0x11, inet_block).substr(0, 11), options), RejectReason::none);
  EXPECT_EQ(reason_of(v2(0x21, 0x11, inet_block).substr(0, 12), options), RejectReason::version_disallowed);
}

TEST(DecodeOptions, DisallowingOneVersionLeavesTheOther) {
  EXPECT_TRUE(std::holds_alternative<Accepted>(decode_text(v2(0x21, 0x11, inet_block), {.allow_v1 = false})));
  EXPECT_TRUE(std::holds_alternative<Accepted>(decode_text("PROXY UNKNOWN\r\n", {.allow_v2 = false})));
}

TEST(DecodeOptions, TheLimitCountsTheFixedPartOfV2) {
  EXPECT_TRUE(std::holds_alternative<Accepted>(decode_text(v2(0x21, 0x11, inet_block), {.max_header = 28})));
  EXPECT_EQ(reason_of(v2(0x21, 0x11, inet_block), {.max_header = 27}), RejectReason::header_too_large);
}

TEST(DecodeOptions, ALimitBelow107BindsV1AsWell) {
  EXPECT_TRUE(std::holds_alternative<Accepted>(decode_text("PROXY UNKNOWN\r\n", {.max_header = 15})));
  EXPECT_EQ(reason_of("PROXY UNKNOWN\r\n", {.max_header = 14}), RejectReason::header_too_large);
  EXPECT_EQ(reason_of("PROXY", {.max_header = 0}), RejectReason::header_too_large);
}

TEST(DecodeOptions, ALimitAbove107DoesNotLengthenV1) {
  EXPECT_EQ(reason_of("PROXY UNKNOWN " + std::string(93, 'x'), {.max_header = 65551}), RejectReason::header_too_large);
}

TEST(DecodeOptions, TheLargestHeaderOfAllIsTakenWhereAllowed) {
  const std::string largest = v2(0x21, 0x11, inet_block + samples::tlv(4, std::string(0xFFFF - 12 - 3, 'n')));
  ASSERT_EQ(largest.size(), 65551U);
  EXPECT_TRUE(std::holds_alternative<Accepted>(decode_text(largest, {.max_header = 65551})));
}

TEST(Header, NamesNoClientWhereTheSpecificationSaysToUseTheRealConnection) {
  for (const auto& good : samples::good_headers()) {
    SCOPED_TRACE(good.name);
    const Decoding decoding = decode_text(good.bytes);
    const Header& header = std::get<Accepted>(decoding).header;
    const bool internet = header.family == Family::inet || header.family == Family::inet6;
    EXPECT_EQ(header.names_client(),
              internet && header.command == Command::proxy && header.transport != Transport::unspec);
  }
}

}  // namespace
}  // namespace realpeer::proxy_protocol
