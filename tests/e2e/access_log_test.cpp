// The access log: one line a connection, with the fields others rely on.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "e2e/chain.h"

namespace realpeer::testing {
namespace {

class AccessLogLine : public Chain {};

TEST_P(AccessLogLine, HasEveryFieldWithWhatTheEndsSaw) {
  start();
  auto [client, server, header] = open_talking();
  const auto peer = client.local();
  at_once({[&c = client] { send_content(c, kUpload, 300'001); },
           [&s = server] { receive_content(s, kUpload, 300'001); },
           [&s = server] { send_content(s, kDownload, 700'003); },
           [&c = client] { receive_content(c, kDownload, 700'003); }});
  client.shutdown_write();
  server.receive_until_eof();
  server.close();
  client.receive_until_eof();

  const auto record = expect_record(peer, "closed", kAsked + 300'001, kAnswered + 700'003);
  EXPECT_EQ(record.text("listener"), "in-0");
  EXPECT_EQ(record.text("peer_addr"), to_string(peer));
  EXPECT_EQ(record.text("client_addr"), to_string(kClaimed));
  EXPECT_EQ(record.text("client_source"), "proxy-v2");
  EXPECT_TRUE(record.boolean("trusted"));
  EXPECT_EQ(record.text("backend"), "app");
  EXPECT_EQ(record.text("endpoint"), "10.77.0.2:9000");
  EXPECT_EQ(record.text("identity"), "proxy-v2");
  EXPECT_LT(record.number("duration_ms"), 60'000U);
  if (GetParam() == "relay") {
    EXPECT_EQ(record.number("bytes_spliced"), 0U);
  }
  EXPECT_LE(record.number("bytes_spliced"), record.number("bytes_in") + record.number("bytes_out"));
  EXPECT_TRUE(record.fields().at("tlv_types").as_array().empty());
  for (const char* field : {"ts", "id", "unique_id", "sni", "reason"}) EXPECT_TRUE(record.has(field)) << field;
}

TEST_P(AccessLogLine, IsWrittenOnceAndUnderItsOwnId) {
  start();
  std::string ids[2];
  for (auto& id : ids) {
    auto [client, server, header] = open();
    const auto peer = client.local();
    client.close();
    server.receive_until_eof();
    server.close();
    id = boost::json::serialize(record_of(peer).fields().at("id"));
  }
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(gateway->stop(), Exit{});
  EXPECT_EQ(gateway->log().records().size(), 2U);
}

TEST_P(AccessLogLine, MeasuresHowLongTheConnectionLasted) {
  start();
  auto [client, server, header] = open();
  const auto peer = client.local();
  const Stopwatch lasted;
  EXPECT_FALSE(client.readable_within(Duration{500}));
  client.close();
  server.receive_until_eof();
  server.close();
  const auto duration = record_of(peer).number("duration_ms");
  EXPECT_GE(duration, 500U);
  EXPECT_LE(duration, static_cast<std::uint64_t>(lasted.elapsed().count()) + 50);
}

TEST_P(AccessLogLine, OfARefusalNamesThePeerAndTheReason) {
  start();
  Socket stranger = connect({.from = kStranger});
  EXPECT_NE(stranger.ending(kSoon).end, End::deadline);
  const auto record = record_of(stranger.local());
  EXPECT_EQ(record.text("end"), "rejected");
  EXPECT_EQ(record.text("reason"), "untrusted_source");
  EXPECT_EQ(record.text("listener"), "in-0");
  EXPECT_EQ(record.number("bytes_in"), 0U);
  EXPECT_EQ(record.number("bytes_out"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Path, AccessLogLine, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
