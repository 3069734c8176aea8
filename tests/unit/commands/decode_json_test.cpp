#include "commands/decode_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace realpeer::commands {
namespace {

namespace json = boost::json;
using namespace std::literals;

// PROXY over TCP, 192.0.2.1:4660 to 198.51.100.9:443, `tlvs` after it.
std::string inet(std::string_view tlvs) {
  std::string bytes("\r\n\r\n\0\r\nQUIT\n\x21\x11\0"sv);
  bytes.push_back(static_cast<char>(12 + tlvs.size()));
  return bytes.append("\xC0\x00\x02\x01\xC6\x33\x64\x09\x12\x34\x01\xBB"sv).append(tlvs);
}

json::object described(std::string_view bytes, const proxy_protocol::DecodeOptions& options = {}) {
  return decode_to_json(std::as_bytes(std::span(bytes)), options);
}

TEST(DecodeJson, AHeaderWithPayloadGivesEveryField) {
  EXPECT_EQ(json::serialize(described(inet("") + "SSH-2.0")),
            R"({"result":"accept","version":2,"command":"proxy","family":"inet","transport":"stream",)"
            R"("src":"192.0.2.1:4660","dst":"198.51.100.9:443","tlvs":[],"header_length":28,)"
            R"("payload_length":7,"payload_hex":"5353482d322e30"})");
}

TEST(DecodeJson, Ipv6StandsInBrackets) {
  const json::object report = described("PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n");
  EXPECT_EQ(report.at("version"), 1);
  EXPECT_EQ(report.at("family"), "inet6");
  EXPECT_EQ(report.at("src"), "[2001:db8::1]:4660");
  EXPECT_EQ(report.at("dst"), "[2001:db8::2]:443");
}

TEST(DecodeJson, UnknownIsAcceptedWithoutAddresses) {
  const json::object report = described("PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n");
  EXPECT_EQ(report.at("result"), "accept");
  EXPECT_EQ(report.at("family"), "unspec");
  EXPECT_TRUE(report.at("src").is_null());
  EXPECT_TRUE(report.at("dst").is_null());
}

TEST(DecodeJson, LocalIsAResultOfItsOwn) {
  const json::object report = described("\r\n\r\n\0\r\nQUIT\n\x20\x00\0\0"sv);
  EXPECT_EQ(report.at("result"), "local");
  EXPECT_EQ(report.at("command"), "local");
  EXPECT_TRUE(report.at("src").is_null());
}

TEST(DecodeJson, UnixSocketsAreGivenByPath) {
  const std::string bytes("\r\n\r\n\0\r\nQUIT\n\x21\x31\0\xD8"sv);
  const json::object report = described(bytes + "/run/\xFF" + std::string(102 + 108, '\0'));
  EXPECT_EQ(report.at("family"), "unix");
  EXPECT_EQ(report.at("src"), "/run/\\xff");
  EXPECT_TRUE(report.at("dst").is_null());
}

TEST(DecodeJson, AKnownTlvHasAName) {
  const json::object report = described(inet("\x01\0\x02h2"sv));
  EXPECT_EQ(json::serialize(report.at("tlvs")), R"([{"type":1,"name":"alpn","hex":"6832"}])");
}

TEST(DecodeJson, AnUnknownTlvHasNone) {
  const json::object report = described(inet("\xE0\0\x01x"sv));
  EXPECT_EQ(json::serialize(report.at("tlvs")), R"([{"type":224,"hex":"78"}])");
}

TEST(DecodeJson, TheSslTlvIsTakenApart) {
  const json::object report = described(inet("\x20\0\x0A\x05\0\0\0\x02\x22\0\x02me"sv));
  EXPECT_EQ(json::serialize(report.at("tlvs")),
            R"([{"type":32,"name":"ssl","hex":"05000000022200026d65",)"
            R"("ssl":{"client":5,"verify":2,"tlvs":[{"type":34,"name":"ssl_cn","hex":"6d65"}]}}])");
}

TEST(DecodeJson, ALongPayloadIsShownInPart) {
  const json::object report = described("PROXY UNKNOWN\r\n" + std::string(1000, 'A'));
  EXPECT_EQ(report.at("payload_length"), 1000);
  EXPECT_EQ(report.at("payload_hex").as_string().size(), 2U * 256U);
}

TEST(DecodeJson, ABeginningNeedsMore) {
  EXPECT_EQ(json::serialize(described(inet("").substr(0, 20))), R"({"result":"need_more","at_least":8})");
}

TEST(DecodeJson, ARefusalHasReasonAndDetail) {
  const json::object report = described("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n");
  EXPECT_EQ(report.at("result"), "reject");
  EXPECT_EQ(report.at("reason"), "header_malformed");
  EXPECT_FALSE(report.at("detail").as_string().empty());
  EXPECT_FALSE(report.contains("looks_like"));
}

TEST(DecodeJson, AMissingHeaderSaysWhatStandsThere) {
  const json::object report = described("GET / HTTP/1.1\r\n");
  EXPECT_EQ(report.at("reason"), "header_missing");
  EXPECT_EQ(report.at("looks_like"), "http");
}

TEST(DecodeJson, TheLimitIsTheCallers) {
  EXPECT_EQ(described(inet(""), {.max_header = 27}).at("reason"), "header_too_large");
}

}  // namespace
}  // namespace realpeer::commands
