// What is read of a hop's documents.
#include "trace/hop.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace realpeer::trace {
namespace {

boost::json::object object(std::string_view text) { return boost::json::parse(text).get_object(); }

TEST(ReadDaemon, TakesListenersAndBackends) {
  const auto daemon = read_daemon(
      object(R"({"node":"edge","listeners":[{"name":"https","bind":"[::]:443","accept_proxy":"off","trusted_cidrs":[],
                 "routes":"server_names","names":["a.example"],"backends":["b"],"tls":false}]})"),
      object(
          R"({"node":"edge","backends":[{"name":"b","identity":"proxy-v1","endpoints":[{"endpoint":"10.0.0.1:1"}]}]})"));
  EXPECT_EQ(daemon.node, "edge");
  ASSERT_NE(daemon.listener("https"), nullptr);
  EXPECT_TRUE(daemon.listens_on(443));
  EXPECT_FALSE(daemon.listens_on(80));
  EXPECT_EQ(daemon.listener("https")->names, std::vector<std::string>{"a.example"});
  ASSERT_NE(daemon.backend("b"), nullptr);
  EXPECT_TRUE(daemon.backend("b")->sends_header());
  EXPECT_EQ(daemon.backend("b")->endpoints, std::vector<std::string>{"10.0.0.1:1"});
  EXPECT_EQ(daemon.backend("c"), nullptr);
}

TEST(ReadConnections, TakesEveryField) {
  const auto all = read_connections(object(
      R"({"connections":[{"id":"7","listener":"https","peer_addr":"10.0.0.1:1","client_addr":"203.0.113.42:0",
          "client_source":"xff","trusted":true,"unique_id":"u","backend":"b","endpoint":"10.0.0.2:2",
          "upstream_addr":"10.0.0.3:3","identity":"xff","identity_delivered":false,"path":"relay","bytes_out":5,
          "end":null,"reason":null}]})"));
  ASSERT_EQ(all.size(), 1U);
  const Seen& seen = all.front();
  EXPECT_EQ(seen.id, 7U);
  EXPECT_EQ(net::to_string(seen.peer), "10.0.0.1:1");
  ASSERT_TRUE(seen.client);
  EXPECT_EQ(seen.client->address().to_string(), "203.0.113.42");
  EXPECT_EQ(seen.client->port(), 0);
  EXPECT_EQ(seen.delivered, false);
  EXPECT_EQ(net::to_string(*seen.upstream), "10.0.0.3:3");
  EXPECT_EQ(seen.bytes_out, 5U);
  EXPECT_TRUE(seen.end.empty());
  EXPECT_FALSE(seen.refused());
}

TEST(ReadConnections, LeavesOutWhatIsNotThere) {
  EXPECT_TRUE(read_connections(object("{}")).empty());
  EXPECT_TRUE(read_connections(object(R"({"connections":"many"})")).empty());
  const auto all = read_connections(object(R"({"connections":[{},7,{"id":7,"peer_addr":"nonsense","bytes_out":-1}]})"));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].id, 0U);
  EXPECT_FALSE(all[1].client);
}

TEST(Together, GivesRefusalsTheirRemedyOnce) {
  Seen ended{.id = 7, .listener = "a"};
  ended.reason = "no_route";
  ended.trusted = true;
  Seen refusal{.id = 7, .listener = "a"};
  refusal.reason = "no_route";
  refusal.remedy = "add it";
  Seen other{.id = 8, .listener = "a"};
  other.reason = "header_missing";
  const auto all = together({ended}, {refusal, other});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].remedy, "add it");
  EXPECT_TRUE(all[0].trusted);
  EXPECT_EQ(all[1].id, 8U);
}

}  // namespace
}  // namespace realpeer::trace
