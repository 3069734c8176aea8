// The access log's lines.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "observe/record.h"

namespace realpeer::observe {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

Record carried() {
  Record record;
  record.id = 7;
  record.started = std::chrono::system_clock::time_point(1'700'000'000'123ms);
  record.listener = "ssh";
  record.peer = {boost::asio::ip::make_address("10.0.0.9"), 4711};
  record.trusted = true;
  record.client = net::Endpoint(boost::asio::ip::make_address("2001:db8::1"), 5555);
  record.source = REALPEER_SOURCE_PROXY_V2;
  record.tlv_types = {5, 0x20};
  record.unique_id = std::string("\x01\xff", 2);
  record.backend = "gitea";
  record.identity = "proxy-v2";
  record.endpoint = "10.0.0.7:2222";
  record.path = "sockmap";
  record.bytes_in = 10;
  record.bytes_out = 20;
  record.bytes_spliced = 30;
  record.end = "closed";
  return record;
}

json::object line(const Record& record) { return json::parse(to_json(record, record.since + 1500ms)).as_object(); }

TEST(Record, OfACarriedConnectionHasEveryFieldOfTheContract) {
  const auto object = line(carried());
  EXPECT_EQ(object.at("ts"), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(object.at("id"), "7");
  EXPECT_EQ(object.at("listener"), "ssh");
  EXPECT_EQ(object.at("peer_addr"), "10.0.0.9:4711");
  EXPECT_EQ(object.at("client_addr"), "[2001:db8::1]:5555");
  EXPECT_EQ(object.at("client_source"), "proxy-v2");
  EXPECT_EQ(object.at("trusted"), true);
  EXPECT_EQ(object.at("tlv_types"), json::parse("[5,32]"));
  EXPECT_EQ(object.at("unique_id"), "01ff");
  EXPECT_EQ(object.at("sni"), nullptr);
  EXPECT_EQ(object.at("backend"), "gitea");
  EXPECT_EQ(object.at("endpoint"), "10.0.0.7:2222");
  EXPECT_EQ(object.at("identity"), "proxy-v2");
  EXPECT_EQ(object.at("path"), "sockmap");
  EXPECT_EQ(object.at("bytes_in").to_number<int>(), 10);
  EXPECT_EQ(object.at("bytes_out").to_number<int>(), 20);
  EXPECT_EQ(object.at("bytes_spliced").to_number<int>(), 30);
  EXPECT_EQ(object.at("duration_ms").to_number<int>(), 1500);
  EXPECT_EQ(object.at("end"), "closed");
  EXPECT_EQ(object.at("reason"), nullptr);
}

TEST(Record, OfARefusalNamesTheReasonAndNoClient) {
  Record record;
  record.peer = {boost::asio::ip::make_address("192.0.2.1"), 1};
  record.end = "rejected";
  record.reason = policy::RejectReason::header_missing;
  record.looks_like = "http";
  const auto object = line(record);
  EXPECT_EQ(object.at("client_addr"), nullptr);
  EXPECT_EQ(object.at("path"), nullptr);
  EXPECT_EQ(object.at("reason"), "header_missing");
  EXPECT_EQ(object.at("looks_like"), "http");
}

TEST(Record, IsJsonWhateverTheClientAskedFor) {
  auto record = carried();
  record.request = RequestRecord{.id = "1", .method = "GET", .host = "a", .path = "/caf\xe9", .status = 404};
  record.detail = "no \xff";
  const auto object = line(record);
  EXPECT_EQ(object.at("request").at("path"), "/caf\\xe9");
  EXPECT_EQ(object.at("detail"), "no \\xff");
}

}  // namespace
}  // namespace realpeer::observe
