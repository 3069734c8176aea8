// Headers that arrive in pieces: no prefix may be decided wrongly, and no decision may be taken back.
#include <gtest/gtest.h>

#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using samples::decode_text;

// Two decisions are the same one, to the words of the refusal.
bool same(const Decoding& a, const Decoding& b) {
  if (a.index() != b.index()) return false;
  if (const auto* accepted = std::get_if<Accepted>(&a)) {
    return accepted->header == std::get<Accepted>(b).header && accepted->length == std::get<Accepted>(b).length;
  }
  if (const auto* refused = std::get_if<Refused>(&a)) {
    return refused->reason == std::get<Refused>(b).reason && refused->detail == std::get<Refused>(b).detail;
  }
  return true;
}

std::vector<std::string> every_sample() {
  std::vector<std::string> all;
  for (const auto& good : samples::good_headers()) all.push_back(good.bytes + "GET / HTTP/1.1\r\n\r\n");
  for (const auto& bad : samples::bad_headers()) all.push_back(bad.bytes + "GET / HTTP/1.1\r\n\r\n");
  return all;
}

TEST(Increments, EveryProperPrefixOfAGoodHeaderNeedsMore) {
  for (const auto& good : samples::good_headers()) {
    for (std::size_t length = 0; length < good.bytes.size(); ++length) {
      ASSERT_TRUE(std::holds_alternative<NeedMore>(decode_text(std::string_view(good.bytes).substr(0, length))))
          << good.name << ", first " << length << " bytes";
    }
  }
}

TEST(Increments, NoPrefixOfABadHeaderIsAccepted) {
  for (const auto& bad : samples::bad_headers()) {
    for (std::size_t length = 0; length <= bad.bytes.size(); ++length) {
      ASSERT_FALSE(std::holds_alternative<Accepted>(decode_text(std::string_view(bad.bytes).substr(0, length))))
          << bad.name << ", first " << length << " bytes";
    }
  }
}

TEST(Increments, ADecisionIsNeverTakenBackByMoreBytes) {
  for (const std::string& bytes : every_sample()) {
    Decoding before = NeedMore{};
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      Decoding now = decode_text(std::string_view(bytes).substr(0, length));
      ASSERT_TRUE(std::holds_alternative<NeedMore>(before) || same(before, now))
          << testing::PrintToString(bytes) << ", " << length;
      before = std::move(now);
    }
  }
}

TEST(Increments, NoDecisionComesBeforeTheBytesAskedFor) {
  for (const std::string& bytes : every_sample()) {
    std::size_t earliest = 0;
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      const Decoding decoding = decode_text(std::string_view(bytes).substr(0, length));
      const auto* more = std::get_if<NeedMore>(&decoding);
      if (more == nullptr) {
        ASSERT_GE(length, earliest) << testing::PrintToString(bytes);
        break;
      }
      ASSERT_GE(more->at_least, 1U);
      earliest = std::max(earliest, length + more->at_least);
    }
  }
}

TEST(Increments, AFirstByteOfNeitherSignatureIsRefusedAtOnce) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    const bool possible = byte == 'P' || byte == '\r';
    EXPECT_EQ(std::holds_alternative<NeedMore>(decode_text(one)), possible) << byte;
  }
}

}  // namespace
}  // namespace realpeer::proxy_protocol
