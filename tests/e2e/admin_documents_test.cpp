// The JSON of the admin listener: what each document holds of a gateway that has something to tell.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "e2e/chain.h"
#include "harness/curl.h"

namespace realpeer::testing {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The shape of a value: objects by their fields in order, lists by their first item, scalars by kind.
std::string shape(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::string text = "{";
    for (const auto& [name, field] : *object) {
      text += (text.size() > 1 ? " " : "") + std::string(name) + ":" + shape(field);
    }
    return text + "}";
  }
  if (const auto* array = value.if_array()) return "[" + (array->empty() ? "" : shape(array->front())) + "]";
  if (value.is_string()) return "text";
  if (value.is_bool()) return "bool";
  return value.is_null() ? "null" : "number";
}

std::string text(const json::value& value) { return value.is_string() ? std::string(value.get_string()) : "no text"; }

class AdminDocuments : public Chain {
 protected:
  void start_with_admin(const std::string& more = "") {
    config.text = GatewayConfig(config).yaml() + "admin: { bind: 127.0.0.1:9901" + more + " }\n";
    config.text.erase(0, config.text.find("log:"));
    start();
  }
  CurlResponse get(const std::string& target, std::vector<std::string> options = {}) {
    return curl(net->gateway, {.url = "http://127.0.0.1:9901" + target, .options = std::move(options)});
  }
  json::object document(const std::string& target) {
    const auto response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body << response.errors;
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    EXPECT_FALSE(error) << response.body;
    return value.is_object() ? value.get_object() : json::object();
  }
  json::array connections(const std::string& query) {
    return document("/connections" + query)["connections"].get_array();
  }
  // A trusted peer that brings no header.
  void be_refused() {
    Socket client = connect();
    client.send_all("GET / HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return !document("/refusals")["refusals"].as_array().empty(); }, kSoon));
  }
};

TEST_P(AdminDocuments, HaveTheFieldsThatOthersRelyOn) {
  start_with_admin();
  auto ends = open_talking();
  be_refused();
  EXPECT_EQ(shape(document("/listeners")),
            "{version:text started:text now:text draining:bool datapath:{path:text reason:text} "
            "listeners:[{name:text bind:text accept_proxy:text trusted_cidrs:[text] untrusted:text tls:bool "
            "routes:text names:[] "
            "backends:[text] lint:[] connections:number active:{none:number relay:number sockmap:number} "
            "bytes:{in:{relay:number sockmap:number} out:{relay:number sockmap:number}} requests:{} "
            "headers:[{version:text result:text count:number}] "
            "rejected:[{reason:text count:number cause:text remedy:text}]}] node:text}");
  EXPECT_THAT(shape(document("/backends")),
              StartsWith("{connect_seconds:{count:number sum:number buckets:[{le:number count:number}]} "
                         "backends:[{name:text identity:text unique_id:bool profile:null balance:text health:bool "
                         "endpoints:[{endpoint:text name:text state:text why:null active:number connections:number "
                         "failures:number}]}] node:text}"));
  EXPECT_EQ(shape(document("/connections")),
            "{state:text total:number matched:number connections:[{ts:text id:text listener:text peer_addr:text "
            "client_addr:text client_source:text trusted:bool tlv_types:[] unique_id:null sni:null backend:text "
            "endpoint:text identity:text identity_delivered:null path:text bytes_in:number bytes_out:number "
            "bytes_spliced:number duration_ms:number end:null reason:null upstream_addr:text}] node:text}");
  EXPECT_EQ(shape(document("/refusals")),
            "{refusals:[{ts:text id:text listener:text peer_addr:text client_addr:null unique_id:null reason:text "
            "looks_like:text detail:text cause:text remedy:text}] node:text}");
}

TEST_P(AdminDocuments, ShowAConnectionWhileItLivesAndAfterwards) {
  start_with_admin();
  auto [client, server, header] = open_talking();
  EXPECT_TRUE(eventually([&] { return text(connections("").front().at("path")) == GetParam(); }, kSoon));
  const auto live = connections("?q=198.51.100.7");
  ASSERT_EQ(live.size(), 1U);
  const auto& seen = live.front().as_object();
  EXPECT_EQ(text(seen.at("peer_addr")), to_string(client.local()));
  EXPECT_EQ(text(seen.at("client_addr")), to_string(kClaimed));
  EXPECT_EQ(text(seen.at("client_source")), "proxy-v2");
  EXPECT_EQ(text(seen.at("upstream_addr")), to_string(server.remote()));
  EXPECT_TRUE(connections("?q=198.51.100.8").empty());
  EXPECT_TRUE(connections("?state=ended").empty());
  client.close();
  server.close();
  EXPECT_TRUE(eventually([&] { return connections("?state=ended").size() == 1; }, kSoon));
  const auto ended = connections("?state=ended&q=198.51.100.7").front().as_object();
  EXPECT_EQ(ended.at("id"), seen.at("id"));
  EXPECT_EQ(ended.at("bytes_in").to_number<std::uint64_t>(), kAsked);
  EXPECT_FALSE(ended.at("end").is_null());
  EXPECT_TRUE(connections("").empty());
}

TEST_P(AdminDocuments, ShowTheNewestConnectionsOfAllWorkers) {
  start_with_admin();
  std::vector<Ends> open_ones;
  for (int i = 0; i < 20; ++i) open_ones.push_back(open_talking());
  const auto all = document("/connections?limit=5");
  EXPECT_EQ(all.at("total").to_number<int>(), 20);
  EXPECT_EQ(all.at("matched").to_number<int>(), 20);
  const auto& newest = all.at("connections").as_array();
  ASSERT_EQ(newest.size(), 5U);
  for (std::size_t i = 0; i < newest.size(); ++i) {
    EXPECT_EQ(text(newest[i].at("peer_addr")), to_string(open_ones[19 - i].client.local()));
  }
}

TEST_P(AdminDocuments, SayWhatARefusalMeans) {
  start_with_admin();
  be_refused();
  const auto refusal = document("/refusals")["refusals"].get_array().front().as_object();
  EXPECT_EQ(text(refusal.at("reason")), "header_missing");
  EXPECT_EQ(text(refusal.at("looks_like")), "http");
  EXPECT_THAT(text(refusal.at("remedy")), HasSubstr("Turn the header on"));
  const auto listener = document("/listeners")["listeners"].get_array().front().as_object();
  EXPECT_EQ(listener.at("rejected").as_array().front().at("count").to_number<int>(), 1);
}

TEST_P(AdminDocuments, SayWhatIsWrongWithAQuestion) {
  start_with_admin();
  EXPECT_EQ(get("/connections?state=dead").status, 400);
  EXPECT_EQ(get("/connections?state=dead").body, "state is live or ended\n");
  EXPECT_EQ(get("/connections?limit=0").status, 400);
  EXPECT_EQ(get("/refusals?limit=x").status, 400);
}

TEST_P(AdminDocuments, AreNotForAStrangersPage) {
  start_with_admin();
  EXPECT_EQ(get("/connections", {"--header", "Host: attacker.example"}).status, 403);
  EXPECT_EQ(get("/metrics", {"--header", "Host: attacker.example"}).status, 403);
  EXPECT_EQ(get("/healthz", {"--header", "Host: node-7"}).status, 200);
  EXPECT_EQ(get("/connections", {"--header", "Host: localhost:9901"}).status, 200);
}

TEST_P(AdminDocuments, AreReadFromElsewhereWithTheToken) {
  const TemporaryDirectory folder;
  const auto token = folder.write("token", "0123456789abcdef0123456789abcdef\n");
  start_with_admin(", token_file: " + token.string());
  EXPECT_EQ(get("/connections").status, 401);
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(get("/connections", {"--header", "Authorization: Bearer 0123456789abcdef0123456789abcdef"}).status, 200);
}

TEST_P(AdminDocuments, TellTheConfigurationAsItLoads) {
  start_with_admin();
  const auto told = document("/config");
  EXPECT_EQ(text(told.at("node")), config.node);
  EXPECT_EQ(text(told.at("datapath")), GetParam());
  const TemporaryDirectory folder;
  const auto file = folder.write("c.yaml", json::serialize(told));
  const auto checked = run({REALPEER_BINARY, "check", "--config", file.string()});
  EXPECT_EQ(checked.code, 0) << checked.errors;
  EXPECT_THAT(checked.output, HasSubstr(": ok: 1 listener, 1 backend, 0 warnings"));
}

INSTANTIATE_TEST_SUITE_P(Path, AdminDocuments, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
