// A listener that routes by server name: who gets where, and what becomes of those that get nowhere.
#include <thread>

#include "e2e/chain.h"
#include "harness/client_hello.h"

namespace realpeer::testing {
namespace {

using namespace std::literals;
using hellos::hello;
using hellos::in_records_of;
using hellos::record;
using hellos::server_name;

const Endpoint kGit = endpoint("10.77.0.2:9001");
const Endpoint kAny = endpoint("10.77.0.2:9002");

std::string hello_for(std::string_view name) { return record(hello(server_name(name))); }

class ServerNames : public Chain {
 protected:
  void start_edge(const std::string& trust = "accept_proxy: off") {
    config.text = R"(
listeners:
  - name: edge
    bind: "203.0.113.1:7000"
    header_timeout: )" +
                  header_timeout + "\n    " + trust + R"(
    route:
      sni:
        git.example.com: git
        "*.example.com": any
        web.example.com: { alpn: { h2: git }, default: any }
        h2.example.com: { alpn: { h2: git } }
        old.example.com: reject
      default: reject
backends:
  git: { endpoints: ["10.77.0.2:9001"] }
  any: { endpoints: ["10.77.0.2:9002"] }
)";
    start_gateway();
    git.emplace(net->backend, kGit);
    any.emplace(net->backend, kAny);
  }

  // What a client that sends `bytes` is told, and what the log says.
  Record expect_refused(const std::string& bytes, const std::string& reason) {
    Socket client = connect();
    if (!bytes.empty()) client.send_all(bytes);
    const auto ending = client.ending();
    EXPECT_EQ(ending.end, End::reset);
    EXPECT_EQ(ending.bytes, "");
    auto record = record_of(client.local());
    EXPECT_EQ(record.text("end"), "rejected") << record;
    EXPECT_EQ(record.text("reason"), reason) << record;
    return record;
  }

  std::string header_timeout = "5s";
  std::optional<Listener> git;
  std::optional<Listener> any;
};

TEST_P(ServerNames, EachLeadsToItsBackendAndTheHelloArrivesAsItWas) {
  start_edge();
  for (const auto& [name, listener] : {std::pair{"git.example.com", &git}, std::pair{"GIT.example.COM.", &git},
                                       std::pair{"www.example.com", &any}, std::pair{"a.b.example.com", &any}}) {
    const auto sent = hello_for(name);
    Socket client = connect();
    client.send_all(sent);
    Socket server = (*listener)->accept();
    EXPECT_EQ(read_proxy_v2(server).source, client.local());
    EXPECT_EQ(server.receive_exactly(sent.size()), sent);
    expect_conversation(client, server);
    const auto peer = client.local();
    client.close();
    server.close();
    const auto record = expect_record(peer, "closed", sent.size() + kAsked, kAnswered);
    EXPECT_EQ(record.text("sni"), name) << record;
  }
}

TEST_P(ServerNames, AreFoundInHellosOfManySegmentsAndRecords) {
  start_edge();
  const auto large = hello(hellos::post_quantum_key_share() + hellos::grease() + server_name("git.example.com"));
  for (const auto& sent : {record(large), in_records_of(1, large), in_records_of(700, large),
                           in_records_of(16384, hellos::hello_of_size(16384, "git.example.com"))}) {
    Socket client = connect();
    at_once({[&] { client.send_bytewise(std::string_view(sent).substr(0, 200)), client.send_all(sent.substr(200)); },
             [&] {
               Socket server = git->accept();
               read_proxy_v2(server);
               EXPECT_EQ(server.receive_exactly(sent.size()), sent);
             }});
  }
}

TEST_P(ServerNames, WhatFollowsTheHelloIsSplicedBehindIt) {
  start_edge();
  const auto sent = hello_for("git.example.com");
  Socket client = connect();
  Socket server = [&] {
    client.send_all(sent + kUpload.bytes(0, 100 * kKiB));  // early data
    return git->accept();
  }();
  read_proxy_v2(server);
  EXPECT_EQ(server.receive_exactly(sent.size()), sent);
  at_once({[&] { send_content(client, kUpload, 8 * kMiB, 100 * kKiB); },
           [&] { receive_content(server, kUpload, 8 * kMiB + 100 * kKiB); },
           [&] { send_content(server, kDownload, 8 * kMiB); }, [&] { receive_content(client, kDownload, 8 * kMiB); }});
}

TEST_P(ServerNames, AreReadBehindTheHeaderOfATrustedPeer) {
  start_edge("accept_proxy: strict\n    trusted_cidrs: [203.0.113.42/32]");
  const auto sent = hello_for("git.example.com");
  for (const bool in_one_segment : {true, false}) {
    Socket client = connect();
    client.send_all(proxy_v2(kClaimed, kDialled) + (in_one_segment ? sent : ""));
    if (!in_one_segment) client.send_bytewise(sent);
    Socket server = git->accept();
    EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
    EXPECT_EQ(server.receive_exactly(sent.size()), sent);
    expect_conversation(client, server);
  }
}

TEST_P(ServerNames, LeadByProtocolWhereTheRouteSaysSo) {
  start_edge();
  const auto offering = [](std::initializer_list<std::string_view> protocols, std::string_view name) {
    return record(hello(server_name(name) + hellos::alpn(protocols)));
  };
  for (const auto& [sent, listener] :
       {std::pair{offering({"h2", "http/1.1"}, "web.example.com"), &git},
        std::pair{offering({"http/1.1"}, "web.example.com"), &any}, std::pair{hello_for("web.example.com"), &any}}) {
    Socket client = connect();
    client.send_all(sent);
    Socket server = (*listener)->accept();
    read_proxy_v2(server);
    EXPECT_EQ(server.receive_exactly(sent.size()), sent);
  }
  expect_refused(offering({"http/1.1"}, "h2.example.com"), "no_route");
}

TEST_P(ServerNames, WithoutARouteAreRefusedByName) {
  start_edge();
  const auto unknown = expect_refused(hello_for("www.example.org"), "no_route");
  EXPECT_EQ(unknown.text("sni"), "www.example.org") << unknown;
  EXPECT_NE(unknown.text("detail").find("'www.example.org'"), std::string::npos) << unknown;
  expect_refused(hello_for("old.example.com"), "no_route");
  const auto nameless = expect_refused(record(hello("")), "no_route");
  EXPECT_EQ(nameless.text("detail"), "the ClientHello names no server") << nameless;
}

TEST_P(ServerNames, OfOtherProtocolsAreNotWaitedFor) {
  header_timeout = "5m";
  start_edge();
  for (const auto& [bytes, looks_like] :
       {std::pair{"GET / HTTP/1.1\r\n\r\n"s, "http"}, std::pair{"SSH-2.0-OpenSSH_9.2\r\n"s, "ssh"},
        std::pair{"\x80\x2e\x01\x00\x02"s, "other"}, std::pair{"EHLO me\r\n"s, "other"},
        std::pair{proxy_v2(kClaimed, kDialled), "other"}}) {
    const auto record = expect_refused(bytes, "no_route");
    EXPECT_EQ(record.text("looks_like"), looks_like) << record;
  }
}

TEST_P(ServerNames, InMalformedHellosAreRefusedAtOnce) {
  header_timeout = "5m";
  start_edge();
  const auto too_large = hellos::hello_of_size(16385, "git.example.com");
  const auto longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  for (const auto& bytes :
       {in_records_of(16384, too_large).substr(0, 9), record(""), record("") + record("") + record(""),
        hello_for(longest + std::string(254 - longest.size(), 'd')), hello_for("git.example.com\0.evil"sv),
        hello_for("git\xff.example.com"),
        record(
            hello(hellos::server_names(hellos::name_entry("a.example.com") + hellos::name_entry("b.example.com"))))}) {
    const auto record = expect_refused(bytes, "no_route");
    EXPECT_NE(record.text("detail").find("malformed"), std::string::npos) << record;
  }
}

TEST_P(ServerNames, OfClientsThatWaitForTheServerTimeOut) {
  header_timeout = "300ms";
  start_edge();
  const auto silent = expect_refused("", "header_timeout");
  EXPECT_NE(silent.text("detail").find("must speak first"), std::string::npos) << silent;
  const auto unfinished = expect_refused(hello_for("git.example.com").substr(0, 60), "header_timeout");
  EXPECT_NE(unfinished.text("detail").find("after 60 bytes"), std::string::npos) << unfinished;
}

TEST_P(ServerNames, OfClientsThatCloseAreNotWaitedFor) {
  header_timeout = "5m";
  start_edge();
  Socket client = connect();
  client.send_all(hello_for("git.example.com").substr(0, 60));
  client.shutdown_write();
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_EQ(record_of(client.local()).text("reason"), "no_route");
}

TEST_P(ServerNames, AfterAHeaderThatIsRefusedAreNotLookedAt) {
  start_edge("accept_proxy: mixed\n    trusted_cidrs: [203.0.113.99/32]");
  const auto sent = proxy_v2(kClaimed, kDialled) + hello_for("git.example.com");
  expect_refused(sent, "untrusted_header");
  Socket client = connect();
  try {
    client.send_bytewise(sent);
  } catch (const std::system_error&) {
    // It was refused before the last byte.
  }
  EXPECT_NE(client.ending().end, End::deadline);
  EXPECT_EQ(record_of(client.local()).text("reason"), "untrusted_header");
}

TEST_P(ServerNames, ThatNeverEndCostLittleAndAreForgotten) {
  header_timeout = "500ms";
  start_edge();
  constexpr int kClients = 300;
  const auto endless = in_records_of(1, hellos::hello_of_size(16384, "git.example.com").substr(0, 5'000));  // 30 KB
  constexpr std::uint64_t kSent = kClients * 30 * kKiB;
  const auto held_by_a_round = [&] {
    std::vector<Socket> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.push_back(connect());
      clients.back().send_all(endless);
    }
    const auto held = gateway->process().resident_bytes();
    for (auto& client : clients) EXPECT_EQ(client.ending().end, End::reset);
    return held;
  };
  const auto before = gateway->process().resident_bytes();
  std::uint64_t most = held_by_a_round();
  const auto files = gateway->process().open_files();  // what the first connection opens for good is open
  for (int round = 0; round < 2; ++round) most = std::max(most, held_by_a_round());
  EXPECT_LT(most, before + 4 * kSent);
  for (int round = 0; round < 3; ++round) {
    EXPECT_LT(held_by_a_round(), most + kSent) << "what a round leaves behind would add up";
  }
  EXPECT_TRUE(eventually([&] { return gateway->process().open_files() <= files; }, kSoon));
}

INSTANTIATE_TEST_SUITE_P(Path, ServerNames, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
