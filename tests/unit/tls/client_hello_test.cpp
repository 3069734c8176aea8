// What one call says of whole hellos, and of what is none.
#include "tls/client_hello.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hellos.h"

namespace realpeer::tls {
namespace {

using namespace hellos;
using testing::ElementsAre;
using testing::StartsWith;

ClientHello read_good(std::string_view bytes) {
  const HelloReading reading = read(bytes);
  EXPECT_TRUE(std::holds_alternative<ClientHello>(reading)) << shown(reading);
  return std::holds_alternative<ClientHello>(reading) ? std::get<ClientHello>(reading) : ClientHello{};
}

class CapturedHello : public testing::TestWithParam<Captured> {};
INSTANTIATE_TEST_SUITE_P(ClientHello, CapturedHello, testing::ValuesIn(captured()));

TEST_P(CapturedHello, IsReadWithItsLength) {
  const ClientHello hello = read_good(GetParam().bytes);
  EXPECT_EQ(hello.server_name, GetParam().expected.server_name);
  EXPECT_EQ(hello.alpn, GetParam().expected.alpn);
  EXPECT_EQ(hello.length, GetParam().expected.length);
}

TEST_P(CapturedHello, IsTheSameWithAnythingAfterIt) {
  const HelloReading alone = read(GetParam().bytes);
  for (const std::string& more :
       {"\x17"s, "\x16\x02"s, record("\x02", 22), "\x16\x03\x01\0\0"s, std::string(40000, 'x')}) {
    EXPECT_EQ(shown(read(GetParam().bytes + more)), shown(alone));
  }
}

TEST(ClientHello, MayNameNoServerAndNoProtocol) {
  for (const std::string& whole : {hello(""), hello(grease()), message(body({}))}) {
    const ClientHello read = read_good(record(whole));
    EXPECT_EQ(read.server_name, "");
    EXPECT_TRUE(read.alpn.empty());
  }
}

TEST(ClientHello, IsReadAroundGreaseAndUnknownExtensions) {
  const std::string extensions = grease() + extension(0xffff, "?") + alpn({"\x8a\x8a", "h2"}) + extension(23, "") +
                                 server_name("a.example") + extension(21, std::string(300, '\0'));
  const ClientHello read = read_good(record(hello(extensions)));
  EXPECT_EQ(read.server_name, "a.example");
  EXPECT_THAT(read.alpn, ElementsAre("\x8a\x8a", "h2"));
}

TEST(ClientHello, OfAnyThirdVersionIsRead) {
  for (const char minor : {'\0', '\1', '\3', '\x04', '\xff'}) {
    Parts parts{.extensions = vector16(server_name("a.example"))};
    parts.version_and_random[1] = minor;
    std::string bytes = record(message(body(parts)));
    bytes[2] = minor;
    EXPECT_EQ(read_good(bytes).server_name, "a.example");
  }
}

TEST(ClientHello, MayHaveNoSessionIdAndTheLongestLists) {
  const std::string whole = message(body({.session_id = vector8(""),
                                          .suites = vector16(std::string(8000, 'c')),
                                          .compression = vector8(std::string(255, '\0')),
                                          .extensions = vector16(server_name("a.example"))}));
  EXPECT_EQ(read_good(record(whole)).server_name, "a.example");
}

TEST(ClientHello, OfPostQuantumSizeIsRead) {
  const std::string whole = hello(server_name("pq.example") + post_quantum_key_share() + alpn({"h2"}));
  EXPECT_GT(whole.size(), 1300U);
  EXPECT_EQ(read_good(record(whole)).server_name, "pq.example");
  EXPECT_EQ(read_good(in_records_of(700, whole)).server_name, "pq.example");
}

TEST(ClientHello, MayShareItsLastRecordWithOtherBytes) {
  const std::string whole = hello(server_name("a.example"));
  const std::string bytes = record(whole + "another message");
  EXPECT_EQ(read_good(bytes).length, bytes.size());
  // The rest of that record need not be there.
  EXPECT_EQ(read_good(bytes.substr(0, 5 + whole.size())).length, bytes.size());
}

TEST(ClientHello, OfSixteenKibibytesIsTheLargest) {
  const std::string largest = hello_of_size(max_hello, "big.example");
  ASSERT_EQ(largest.size(), 16384U);
  EXPECT_EQ(read_good(record(largest)).server_name, "big.example");
  const std::string larger = hello_of_size(max_hello + 1, "big.example");
  for (const std::string& bytes : {in_records_of(16384, larger), in_records_of(16384, larger).substr(0, 9)}) {
    EXPECT_EQ(shown(read(bytes)), "too_large: byte 1: a hello of 16385 bytes, more than the 16384 allowed");
  }
  EXPECT_THAT(shown(read(record("\x01\xff\xff\xff"sv))), StartsWith("too_large: "));
}

TEST(ClientHello, MayTake32KibibytesOfWire) {
  // Records of one byte, and a last one that makes the size come out.
  const auto on_wire = [](std::size_t size) {
    const std::size_t single = (size - 8000 - 5) / 6;
    const std::size_t last = size - 6 * single - 5;
    const std::string whole = hello_of_size(single + last, "small.records.example");
    return in_records_of(1, std::string_view(whole).substr(0, single)) + record(whole.substr(single));
  };
  ASSERT_EQ(on_wire(max_wire).size(), 32768U);
  EXPECT_EQ(read_good(on_wire(max_wire)).server_name, "small.records.example");
  ASSERT_EQ(on_wire(max_wire + 1).size(), 32769U);
  EXPECT_THAT(shown(read(on_wire(max_wire + 1))), StartsWith("too_fragmented: "));
}

TEST(ClientHello, InTooManyRecordsIsRefusedAsSoonAsItsEndIsTooFar) {
  const std::string bytes = in_records_of(1, hello_of_size(max_hello, "big.example"));
  std::size_t first = 0;
  while (std::holds_alternative<NeedMore>(read(std::string_view(bytes).substr(0, first)))) ++first;
  EXPECT_THAT(shown(read(std::string_view(bytes).substr(0, first))), StartsWith("too_fragmented: "));
  // 5 bytes too many per record of 1: about (32768 - 16384) / 5 of them, 6 bytes each.
  EXPECT_LT(first, 19'700U);
}

struct Other {
  std::string bytes;
  std::string_view detail;
};

TEST(NotTls, IsSaidOfAnythingElseInWords) {
  const std::vector<Other> others{
      {"\x80\x2e\x01\x00\x02\x00\x15"s, "an SSLv2 ClientHello, which cannot name a server"},
      {"\x80\x2e\x01\x03\x01"s, "an SSLv2 ClientHello, which cannot name a server"},
      {"\x80\x2e\x01\x02\x03"s, "the first byte is 0x80, a TLS handshake begins with 0x16"},
      {"\x80\x2e\x04\x00\x02"s, "the first byte is 0x80, a TLS handshake begins with 0x16"},
      {"\x80"s, "the first byte is 0x80, a TLS handshake begins with 0x16"},
      {"\x15\x03\x01\x00\x02\x02\x28"s, "a TLS alert record where a handshake must come"},
      {"\x14\x03\x03"s, "a TLS change_cipher_spec record where a handshake must come"},
      {"\x17\x03\x03\x00\x01\x00"s, "a TLS application data record where a handshake must come"},
      {"\x17\x02"s, "the first byte is 0x17, a TLS handshake begins with 0x16"},
      {"GET / HTTP/1.1\r\n", "HTTP without TLS"},
      {"PRI * HTTP/2.0\r\n\r\n", "HTTP without TLS"},
      {"SSH-2.0-OpenSSH_9.2\r\n", "SSH"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "a PROXY protocol header"},
      {"\r\n\r\n\0\r\nQUIT\n\x21\x11"s, "a PROXY protocol header"},
      {"G", "the first byte is 0x47, a TLS handshake begins with 0x16"},
      {"\n", "the first byte is 0x0a, a TLS handshake begins with 0x16"},
      {"\x16\x02\x00"s, "the second byte is 0x02, the version of a TLS record begins with 0x03"},
      {"\x16\xfe\xff"s, "the second byte is 0xfe, the version of a TLS record begins with 0x03"},  // DTLS
  };
  for (const Other& other : others) {
    EXPECT_EQ(shown(read(other.bytes)), "not TLS: " + std::string(other.detail)) << testing::PrintToString(other.bytes);
  }
}

TEST(NotTls, IsSaidAtTheFirstByteThatCannotBe) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    EXPECT_EQ(std::holds_alternative<NotTls>(read(one)), byte != 22) << byte;
    EXPECT_EQ(std::holds_alternative<NotTls>(read("\x16" + one)), byte != 3) << byte;
  }
}

TEST(HelloProblem, HasATextOfItsOwnForEach) {
  std::vector<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(HelloProblem::bad_alpn); ++i) {
    texts.push_back(to_string(static_cast<HelloProblem>(i)));
  }
  std::ranges::sort(texts);
  EXPECT_EQ(std::ranges::adjacent_find(texts), texts.end());
  EXPECT_NE(texts.front(), "");
}

}  // namespace
}  // namespace realpeer::tls
