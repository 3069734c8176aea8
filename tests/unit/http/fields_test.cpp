#include "http/fields.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace realpeer::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Fields made(const Pairs& pairs) {
  Fields fields;
  for (const auto& [name, value] : pairs) fields.insert(name, value);
  return fields;
}

std::string text(const Fields& fields) {
  std::string all;
  append(fields, all);
  return all;
}

TEST(HopByHop, FieldsStayBehind) {
  Fields fields = made({{"Connection", "keep-alive, X-Mine"},
                        {"Keep-Alive", "timeout=5"},
                        {"Proxy-Connection", "close"},
                        {"TE", "trailers"},
                        {"Transfer-Encoding", "chunked"},
                        {"Upgrade", "h2c"},
                        {"HTTP2-Settings", "AAMAAABkAAQAAP__"},
                        {"Proxy-Authorization", "Basic x"},
                        {"X-Mine", "1"},
                        {"x_mine", "2"},
                        {"Accept", "*/*"}});
  remove_hop_by_hop(fields);
  EXPECT_EQ(text(fields), "Accept: */*\r\n");
}

// How long a body is, is written anew: a look-alike that is named must not take the frame away and leave the body.
TEST(HopByHop, FramesAreNobodysToKeepOrToName) {
  for (const auto* named : {"Content-Length", "content_length", "CONTENT.LENGTH", "X"}) {
    Fields fields = made({{"Content-Length", "3"}, {"Content_Length", "4"}, {"Transfer_Encoding", "chunked"}});
    fields.insert("Connection", named);
    remove_hop_by_hop(fields);
    EXPECT_EQ(text(fields), "");
  }
}

TEST(HopByHop, ThousandsOfNamesTakeNoTime) {
  Fields fields;
  std::string names;
  for (int i = 0; i < 9000; ++i) names += "a" + std::to_string(i) + ",";
  fields.insert("Connection", names);
  for (int i = 0; i < 255; ++i) fields.insert("a" + std::to_string(i), "");
  fields.insert("b", "1");
  remove_hop_by_hop(fields);
  EXPECT_EQ(text(fields), "b: 1\r\n");
}

TEST(Trailers, HaveNothingOfHeads) {
  Fields fields = made({{"Set-Cookie", "a=b"}, {"Host", "a"}, {"Connection", "close"}, {"X-Sum", "7"}});
  keep_trailer(fields);
  EXPECT_EQ(text(fields), "X-Sum: 7\r\n");
}

struct Asked {
  const char* name;
  Pairs fields;
  std::string protocol;
};

class Upgrades : public ::testing::TestWithParam<Asked> {};

TEST_P(Upgrades, AreToOtherProtocolsThanHttp) { EXPECT_EQ(upgrade_of(made(GetParam().fields)), GetParam().protocol); }

INSTANTIATE_TEST_SUITE_P(
    Requests, Upgrades,
    ::testing::Values(
        Asked{"WebSocket", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}, "websocket"},
        Asked{"AsFirefoxAsks", {{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}}, "websocket"},
        Asked{"NotInConnection", {{"Upgrade", "websocket"}}, ""}, Asked{"NoProtocol", {{"Connection", "upgrade"}}, ""},
        Asked{"H2c", {{"Connection", "Upgrade, HTTP2-Settings"}, {"Upgrade", "h2c"}}, ""},
        Asked{"H2cInCapitals", {{"Connection", "Upgrade"}, {"Upgrade", "H2C"}}, ""},
        Asked{"Http2", {{"Connection", "Upgrade"}, {"Upgrade", "HTTP/2.0"}}, ""},
        Asked{"Tls", {{"Connection", "Upgrade"}, {"Upgrade", "TLS/1.2"}}, ""},
        Asked{"AChoice", {{"Connection", "Upgrade"}, {"Upgrade", "websocket, h2c"}}, ""},
        Asked{"TwoFields", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Upgrade", "h2c"}}, ""}),
    [](const auto& test) { return test.param.name; });

TEST(Names, AreFoldedAsCgiDoes) {
  for (const auto* name : {"X-Forwarded-For", "x_forwarded_FOR", "X.Forwarded.For", "X~Forwarded!For"}) {
    EXPECT_EQ(folded(name), "x-forwarded-for");
  }
}

}  // namespace
}  // namespace realpeer::http
