#include "commands/hello_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace realpeer::commands {
namespace {

namespace json = boost::json;
using namespace std::literals;

std::string behind_length(std::string_view content) {
  return std::string{static_cast<char>(content.size() >> 8U), static_cast<char>(content.size())}.append(content);
}

std::string server_name(std::string_view name) {
  return "\0\0"s + behind_length(behind_length("\0"s + behind_length(name)));
}

std::string alpn(std::string_view protocols) { return "\0\x10"s + behind_length(behind_length(protocols)); }

// One record with a hello of one cipher suite.
std::string hello(std::string_view extensions) {
  const std::string body = "\x03\x03" + std::string(32, 'r') + "\0\0\x02\x13\x01\x01\0"s + behind_length(extensions);
  return "\x16\x03\x01"s + behind_length("\x01\0"s + behind_length(body));
}

std::string described(std::string_view bytes) {
  return json::serialize(hello_to_json(std::as_bytes(std::span(bytes))));
}

TEST(HelloJson, GivesTheNameAndTheProtocols) {
  EXPECT_EQ(described(hello(server_name("Git.Example.org") + alpn("\x02h2\x08http/1.1"sv))),
            R"({"result":"sni","sni":"Git.Example.org","alpn":["h2","http/1.1"],"hello_length":94})");
}

TEST(HelloJson, SaysSoWhenNoServerIsNamed) {
  EXPECT_EQ(described(hello(alpn("\x02h2"sv))), R"({"result":"no_sni","sni":null,"alpn":["h2"],"hello_length":61})");
}

TEST(HelloJson, EscapesWhatIsNotPrintable) {
  const std::string bytes = hello(alpn("\x05\x0a\0\xff\\\""sv));
  const json::object report = hello_to_json(std::as_bytes(std::span(bytes)));
  EXPECT_EQ(report.at("alpn").as_array().at(0).as_string(), R"(\x0a\x00\xff\x5c")");
}

TEST(HelloJson, CountsNoBytesAfterTheHello) {
  EXPECT_EQ(described(hello(server_name("a")) + "early data"), described(hello(server_name("a"))));
}

TEST(HelloJson, ABeginningNeedsMore) {
  EXPECT_EQ(described(""), R"({"result":"need_more","at_least":1})");
  const std::string whole = hello(server_name("a"));
  EXPECT_EQ(described(whole.substr(0, whole.size() - 7)), R"({"result":"need_more","at_least":7})");
}

TEST(HelloJson, SaysWhatStandsThereInstead) {
  EXPECT_EQ(described("GET / HTTP/1.1\r\n"), R"({"result":"not_tls","detail":"HTTP without TLS"})");
}

TEST(HelloJson, ARefusalHasProblemAndDetail) {
  EXPECT_EQ(described(hello(server_name("a\0b"sv))),
            R"({"result":"reject","problem":"bad_server_name","detail":"byte 57: a NUL in the server name"})");
}

}  // namespace
}  // namespace realpeer::commands
