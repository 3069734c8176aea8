#include <gtest/gtest.h>

#include "samples.h"

namespace realpeer::proxy_protocol {
namespace {

using samples::bytes_of;
using namespace std::literals;

const std::string binary = samples::v2(0x21, 0x11, "").substr(0, 12);

TEST(FindSignature, NothingYetMayTurnOutToBeEither) { EXPECT_EQ(find_signature({}), Signature::partial); }

TEST(FindSignature, EveryPrefixOfTheTextIsPartialUntilItIsWhole) {
  for (std::size_t length = 1; length < 5; ++length) {
    EXPECT_EQ(find_signature(bytes_of("PROXY"s.substr(0, length))), Signature::partial);
  }
  EXPECT_EQ(find_signature(bytes_of("PROXY")), Signature::present);
}

TEST(FindSignature, EveryPrefixOfTheBinaryIsPartialUntilItIsWhole) {
  for (std::size_t length = 1; length < 12; ++length) {
    EXPECT_EQ(find_signature(bytes_of(binary.substr(0, length))), Signature::partial);
  }
  EXPECT_EQ(find_signature(bytes_of(binary)), Signature::present);
}

TEST(FindSignature, WhatFollowsASignatureDoesNotMatter) {
  EXPECT_EQ(find_signature(bytes_of("PROXYing")), Signature::present);
  EXPECT_EQ(find_signature(bytes_of(binary + "\xff")), Signature::present);
}

TEST(FindSignature, AnythingElseIsAbsent) {
  for (const std::string& other : {"GET / HTTP/1.1\r\n"s, "PROXx"s, "POST"s, "\r\n\r\n\r"s, " PROXY"s, "\n"s}) {
    EXPECT_EQ(find_signature(bytes_of(other)), Signature::absent) << testing::PrintToString(other);
  }
}

struct Guess {
  std::string bytes;
  std::string_view expected;
};

TEST(LooksLike, NamesTheProtocolThatWasSpokenInstead) {
  const std::vector<Guess> guesses{
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, "tls_client_hello"},
      {"\x16\x03\x03"s, "tls_client_hello"},
      {"\x16\x03\x01\x00\x05\x02"s, "other"},  // a handshake record, but no ClientHello
      {"\x16\x04\x01"s, "other"},
      {"GET / HTTP/1.1\r\n", "http"},
      {"HEAD /", "http"},
      {"DELETE /", "http"},
      {"CONNECT git.example.com:443 HTTP/1.1", "http"},
      {"PRI * HTTP/2.0\r\n", "http"},
      {"OPTI", "http"},
      {"GETTER", "other"},
      {"get / ", "other"},
      {"SSH-2.0-OpenSSH_9.2\r\n", "ssh"},
      {"SSH", "ssh"},
      {"SSHD", "other"},
      {"G", "other"},
      {"EHLO example.com\r\n", "other"},
      {"", "other"},
  };
  for (const Guess& guess : guesses)
    EXPECT_EQ(looks_like(bytes_of(guess.bytes)), guess.expected) << testing::PrintToString(guess.bytes);
}

}  // namespace
}  // namespace realpeer::proxy_protocol
