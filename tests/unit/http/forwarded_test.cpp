#include "http/forwarded.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace realpeer::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

net::Address address(const std::string& written) { return boost::asio::ip::make_address(written); }

net::CidrSet trusted() { return net::CidrSet({*net::Cidr::parse("10.0.0.0/8"), *net::Cidr::parse("2001:db8:f::/48")}); }

Forwarding from(const std::string& client) {
  return {.sender = address(client),
          .client = address(client),
          .by_trusted = false,
          .over_tls = true,
          .host = "git.example.com",
          .request_id = "id-1",
          .rfc7239 = false};
}

TEST(AStranger, IsWrittenInPlaceOfWhatItWrote) {
  Fields fields = made({{"Host", "git.example.com"}, {"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "7.7.7.7"}});
  write_forwarded(fields, from("203.0.113.42"));
  EXPECT_EQ(text(fields),
            "Host: git.example.com\r\n"
            "X-Forwarded-For: 203.0.113.42\r\n"
            "X-Forwarded-Proto: https\r\n"
            "X-Forwarded-Host: git.example.com\r\n"
            "X-Real-IP: 203.0.113.42\r\n"
            "X-Request-Id: id-1\r\n");
}

class Forgeries : public ::testing::TestWithParam<const char*> {};

TEST_P(Forgeries, DoNotPass) {
  Fields fields = made({{GetParam(), "6.6.6.6"}, {"Accept", "*/*"}});
  write_forwarded(fields, from("203.0.113.42"));
  EXPECT_THAT(text(fields), Not(HasSubstr("6.6.6.6")));
  fields = made({{GetParam(), "6.6.6.6"}, {"Accept", "*/*"}});
  remove_forwarded(fields);
  EXPECT_EQ(text(fields), "Accept: */*\r\n");
}

INSTANTIATE_TEST_SUITE_P(Names, Forgeries,
                         ::testing::Values("X-Forwarded-For", "x-forwarded-for", "X_Forwarded_For", "X-Forwarded_For",
                                           "Forwarded", "X-Real-IP", "X_REAL_IP", "X-Client-IP", "True-Client-IP",
                                           "CF-Connecting-IP", "X-Cluster-Client-IP", "X-Forwarded-Host",
                                           "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-User", "Forwarded-For",
                                           "X-Original-Forwarded-For", "X-Request-Id", "X.Forwarded.For", "X~Real~IP",
                                           "Proxy-Client-IP", "WL-Proxy-Client-IP", "Proxy", "X-Azure-ClientIP",
                                           "Fly-Client-IP", "X-Envoy-External-Address", "X-Original-URL",
                                           "X-Forwarded-Client-Cert", "CF-Connecting-IPv6"),
                         [](const auto& test) {
                           std::string name = std::to_string(test.index) + test.param;
                           std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
                           return name;
                         });

TEST(Addresses, AreWrittenAsReceiversExpect) {
  for (const auto& [written, expected] :
       Pairs{{"2001:db8::7", "2001:db8::7"}, {"::ffff:203.0.113.42", "203.0.113.42"}, {"fe80::1%1", "fe80::1"}}) {
    Fields fields;
    write_forwarded(fields, from(written));
    EXPECT_EQ(fields["X-Forwarded-For"], expected);
    EXPECT_EQ(fields["X-Real-IP"], expected);
  }
}

TEST(Rfc7239, IsWrittenWhereAskedFor) {
  Forwarding forwarding = from("2001:db8::7");
  forwarding.rfc7239 = true;
  Fields fields = made({{"Forwarded", "for=6.6.6.6"}});
  write_forwarded(fields, forwarding);
  EXPECT_EQ(fields["Forwarded"], "for=\"[2001:db8::7]\";host=\"git.example.com\";proto=https");
  forwarding = from("203.0.113.42");
  forwarding.rfc7239 = true;
  forwarding.over_tls = false;
  forwarding.host = "";
  write_forwarded(fields, forwarding);
  EXPECT_EQ(fields["Forwarded"], "for=203.0.113.42;proto=http");
}

TEST(ATrustedForwarder, IsAddedTo) {
  Forwarding forwarding = from("10.0.0.9");
  forwarding.client = address("203.0.113.42");
  forwarding.by_trusted = true;
  forwarding.rfc7239 = true;
  Fields fields = made({{"X-Forwarded-For", "6.6.6.6"},
                        {"X-Forwarded-For", "203.0.113.42"},
                        {"X-Forwarded-Proto", "http"},
                        {"X-Forwarded-Host", "www.example.com"},
                        {"X-Request-Id", "theirs"},
                        {"X-Real-IP", "6.6.6.6"},
                        {"True-Client-IP", "6.6.6.6"},
                        {"Forwarded", "for=203.0.113.42"}});
  write_forwarded(fields, forwarding);
  EXPECT_EQ(text(fields),
            "X-Forwarded-For: 6.6.6.6, 203.0.113.42, 10.0.0.9\r\n"
            "X-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: www.example.com\r\n"
            "X-Real-IP: 203.0.113.42\r\n"
            "X-Request-Id: theirs\r\n"
            "Forwarded: for=203.0.113.42, for=10.0.0.9;host=\"git.example.com\";proto=https\r\n");
}

TEST(ATrustedForwarder, IsNotBelievedWhatCannotBe) {
  Forwarding forwarding = from("10.0.0.9");
  forwarding.by_trusted = true;
  Fields fields = made({{"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "a b"}});
  write_forwarded(fields, forwarding);
  EXPECT_EQ(fields["X-Forwarded-Proto"], "https");
  EXPECT_EQ(fields["X-Forwarded-Host"], "git.example.com");
}

struct Walk {
  const char* name;
  std::string sender;
  Pairs fields;
  std::string client;
};

class BelievedClient : public ::testing::TestWithParam<Walk> {};

TEST_P(BelievedClient, IsWhoTheLastTrustedHopSaw) {
  const Walk& walk = GetParam();
  EXPECT_EQ(believed_client(made(walk.fields), address(walk.sender), trusted()), address(walk.client));
}

INSTANTIATE_TEST_SUITE_P(
    Chains, BelievedClient,
    ::testing::Values(
        Walk{"NothingWritten", "10.0.0.9", {}, "10.0.0.9"},
        Walk{"AStrangerIsNotBelieved", "203.0.113.1", {{"X-Forwarded-For", "6.6.6.6"}}, "203.0.113.1"},
        Walk{"One", "10.0.0.9", {{"X-Forwarded-For", "203.0.113.42"}}, "203.0.113.42"},
        Walk{"WhatTheClientWroteIsNot", "10.0.0.9", {{"X-Forwarded-For", "6.6.6.6, 203.0.113.42"}}, "203.0.113.42"},
        Walk{"ThroughTwoTrusted", "10.0.0.9", {{"X-Forwarded-For", "6.6.6.6, 203.0.113.42, 10.0.0.8"}}, "203.0.113.42"},
        Walk{"InTwoFields",
             "10.0.0.9",
             {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "203.0.113.42"}},
             "203.0.113.42"},
        Walk{"AllTrusted", "10.0.0.9", {{"X-Forwarded-For", "10.0.0.7, 10.0.0.8"}}, "10.0.0.7"},
        Walk{"V6", "2001:db8:f::1", {{"X-Forwarded-For", "2001:db8::7"}}, "2001:db8::7"},
        Walk{"V6InBracketsWithAPort", "10.0.0.9", {{"X-Forwarded-For", "[2001:db8::7]:443"}}, "2001:db8::7"},
        Walk{"V4WithAPort", "10.0.0.9", {{"X-Forwarded-For", "203.0.113.42:5555"}}, "203.0.113.42"},
        Walk{"MappedSender", "::ffff:10.0.0.9", {{"X-Forwarded-For", "203.0.113.42"}}, "203.0.113.42"},
        Walk{"Unreadable", "10.0.0.9", {{"X-Forwarded-For", "203.0.113.42, unknown"}}, "10.0.0.9"},
        Walk{"EmptyAtTheEnd", "10.0.0.9", {{"X-Forwarded-For", "203.0.113.42, "}}, "10.0.0.9"},
        Walk{"OtherSpellingsAreNotBelieved", "10.0.0.9", {{"X_Forwarded_For", "6.6.6.6"}}, "10.0.0.9"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace realpeer::http
