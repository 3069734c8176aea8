#include "http/fields.h"

#include <gmock/gmock.h>

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

TEST(HopByHop, WhatAMessageNeedsIsNotNamedAway) {
  Fields fields = made({{"Host", "a"}, {"Content-Length", "3"}, {"Connection", "host, content-length"}});
  remove_hop_by_hop(fields);
  EXPECT_EQ(text(fields), "Host: a\r\nContent-Length: 3\r\n");
}

TEST(HopByHop, LookAlikesOfFramesStayBehind) {
  Fields fields = made({{"Content_Length", "3"}, {"Transfer_Encoding", "chunked"}, {"Content-Length", "4"}});
  remove_hop_by_hop(fields);
  EXPECT_EQ(text(fields), "Content-Length: 4\r\n");
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

TEST(Names, AreTheSameToCgi) {
  EXPECT_TRUE(same_name("X-Forwarded-For", "x_forwarded_FOR"));
  EXPECT_FALSE(same_name("X-Forwarded-For", "X-Forwarded-Fo"));
  EXPECT_FALSE(same_name("X-Forwarded-For", "X.Forwarded.For"));
}

}  // namespace
}  // namespace realpeer::http
