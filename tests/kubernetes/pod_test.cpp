// The worked example as the two overlays deploy it: client — the edge's pod — overlay peer that masquerades —
// production's pod — backends in pods of its node. Image, user, capabilities, seccomp profile and mounts are those of
// the manifests.
#include <gmock/gmock.h>

#include <regex>

#include "e2e/edge_to_production.h"
#include "harness/certificates.h"
#include "harness/curl.h"
#include "harness/dns.h"
#include "harness/http_backend.h"
#include "kubernetes/node.h"

namespace realpeer::testing {
namespace {

using ::testing::HasSubstr;

// A file watcher may wait for quiet before it looks.
constexpr Duration kReloaded{10'000};
constexpr const char* kToken = "a-token-of-sixteen-and-more";

class Kubernetes : public EdgeToProduction {
 protected:
  void SetUp() override {
    have_mounts_of_a_node();
    EdgeToProduction::SetUp();
    if (IsSkipped()) return;
    pods.emplace(net->backend.name() + "-p");
    in_netns(*pods, [&] {
      ip_batch("link add eth0 type veth peer name cni0 netns " + net->backend.name() +
               "\naddress add 10.244.0.7/24 dev eth0\naddress add 10.244.0.8/24 dev eth0\naddress add 10.244.0.53/24 "
               "dev eth0"
               "\nlink set eth0 up");
      dns.emplace("10.244.0.53", 53);
    });
    in_netns(net->backend, [] { ip_batch("address add 10.244.0.1/24 dev cni0\nlink set cni0 up"); });
    for (const char* name : {"gitea-http.gitea", "gitea-ssh.gitea"}) {
      dns->set(name + std::string(".svc.cluster.local"), {{{"10.244.0.7"}}});
    }
    dns->set("postgres.databases.svc.cluster.local", {{{"10.244.0.8"}}});
  }

  Node& edge_node() { return node_of(edge, "edge", net->gateway); }
  Node& production_node() { return node_of(inner, "production", net->backend); }

  // A pod that is ready.
  static std::unique_ptr<Pod> start(Node& node) {
    auto pod = std::make_unique<Pod>(node);
    pod->wait_until_ready();
    return pod;
  }

  Node& node_of(std::optional<Node>& node, const std::string& cluster, const Netns& netns) {
    if (node) return *node;
    node.emplace(cluster, netns);
    node->put_secret("realpeer-admin", "token", kToken);
    if (cluster == "production") {
      node->resolve_by("10.244.0.53");
      node->put_secret("realpeer-tls", "tls.crt", read_file(certificates.certificate()));
      node->put_secret("realpeer-tls", "tls.key", read_file(certificates.key()));
    }
    return *node;
  }

  // Of the edge's log.
  static Record record_at(const Pod& pod, const Endpoint& client) {
    return pod.log().wait_for_record(
        [address = to_string(client)](const Record& record) { return record.text("client_addr") == address; });
  }

  // What /proc/PID/status says of it.
  static std::string status(const Pod& pod, const std::string& field) {
    const auto text = read_file("/proc/" + std::to_string(pod.pid()) + "/status");
    std::smatch match;
    if (!std::regex_search(text, match, std::regex("(^|\n)" + field + ":\\s*([^\n]*)"))) return "no " + field;
    return match[2];
  }

  const Certificates certificates;
  std::optional<Netns> pods;
  std::optional<DnsServer> dns;
  std::optional<Node> edge;
  std::optional<Node> inner;
};

TEST_P(Kubernetes, ThePodIsAUserWithFourCapabilitiesBehindASeccompFilter) {
  const auto pod = start(production_node());
  EXPECT_EQ(status(*pod, "Uid"), "65532\t65532\t65532\t65532");
  EXPECT_EQ(status(*pod, "Gid"), "65532\t65532\t65532\t65532");
  // NET_BIND_SERVICE (10), NET_ADMIN (12), PERFMON (38), BPF (39).
  for (const char* set : {"CapPrm", "CapEff", "CapBnd"}) EXPECT_EQ(status(*pod, set), "000000c000001400") << set;
  for (const char* set : {"CapInh", "CapAmb"}) EXPECT_EQ(status(*pod, set), "0000000000000000") << set;
  EXPECT_EQ(status(*pod, "Seccomp"), "2") << "a filter";
}

TEST_P(Kubernetes, ThePodHasEverythingTheKernelCanGive) {
  const auto pod = start(production_node());
  EXPECT_THAT(pod->messages(), HasSubstr("data path: sockmap (the self-test passed)"));
  EXPECT_THAT(pod->messages(), HasSubstr("client map: /bpf/realpeer/" + inner->name() + "/clients"));
  EXPECT_THAT(pod->messages(), HasSubstr("names: for backends in cgroup /host/cgroup/kubepods.slice"));
  // On the node, where `realpeer whois` looks for them.
  EXPECT_TRUE(std::filesystem::exists(inner->on_node("/sys/fs/bpf/realpeer/" + inner->name() + "/clients")));
}

TEST_P(Kubernetes, AnSshConnectionReachesGiteaWithItsClient) {
  Listener gitea(*pods, endpoint("10.244.0.7:2222"));
  const auto outside = start(edge_node());
  const auto inside = start(production_node());
  Socket client = testing::connect(net->client, endpoint("203.0.113.1:2222"));
  Socket server = gitea.accept();
  const auto header = read_proxy_v2(server);
  EXPECT_EQ(header.source, client.local());
  EXPECT_EQ(header.size, 28U) << "bare";
  expect_conversation(client, server);
  const auto visitor = client.local();
  client.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(record_at(*outside, visitor).text("path"), "sockmap");
  const auto record = record_at(*inside, visitor);
  EXPECT_EQ(record.text("path"), "sockmap") << record;
  EXPECT_THAT(record.text("peer_addr"), HasSubstr("10.100.0.9:")) << record;
}

TEST_P(Kubernetes, ARequestReachesGiteaWithItsClient) {
  HttpBackend gitea(*pods, endpoint("10.244.0.7:3000"));
  const auto outside = start(edge_node());
  const auto inside = start(production_node());
  const auto response = curl(net->client, {.url = "https://git.example.com/explore",
                                           .resolve = "git.example.com:443:203.0.113.1",
                                           .authority = certificates.authority(),
                                           .options = {"--header", "X-Forwarded-For: 198.51.100.99"}});
  EXPECT_EQ(response.status, 200) << response.errors;
  EXPECT_EQ(gitea.last().field("X-Forwarded-For"), "203.0.113.42");
  EXPECT_EQ(record_at(*inside, response.client).text("backend"), "gitea-web");
}

// Another pod, with a cgroup and a network namespace of its own, that reads no header.
TEST_P(Kubernetes, APodOfTheNodeIsToldByTheKernel) {
  auto& node = production_node();
  const NamedCgroup cgroup(node.kubepods() + "/backend");
  std::optional<Listener> postgres;
  {
    const InCgroup there(cgroup.path());
    postgres.emplace(*pods, endpoint("10.244.0.8:5432"));
  }
  const auto pod = start(node);
  Socket client = testing::connect(*overlay, endpoint("10.100.0.10:5432"));
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = postgres->accept();
  EXPECT_EQ(server.remote(), kClaimed);
  expect_conversation(client, server);
  client.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(record_at(*pod, kClaimed).fields().at("identity_delivered"), true);
}

TEST_P(Kubernetes, APodThatIsToEndLetsItsConnectionsEnd) {
  Listener gitea(*pods, endpoint("10.244.0.7:2222"));
  const auto pod = start(production_node());
  Socket client = testing::connect(*overlay, endpoint("10.100.0.10:2222"));
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = gitea.accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
  expect_conversation(client, server);

  pod->terminate();
  const auto unready = [&] { return curl(net->backend, {.url = "http://127.0.0.1:9901/readyz"}).status == 503; };
  EXPECT_TRUE(eventually(unready, kSoon)) << pod->messages();
  EXPECT_THROW(testing::connect(*overlay, endpoint("10.100.0.10:2222")), std::system_error);
  expect_conversation(client, server);
  client.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(pod->wait(kSoon), Exit{}) << pod->messages();
  EXPECT_FALSE(std::filesystem::exists(inner->on_node("/sys/fs/bpf/realpeer/" + inner->name())));
}

// The kubelet swaps the directory's link, and tells nobody.
TEST_P(Kubernetes, AChangedConfigMapIsReloaded) {
  Listener gitea(*pods, endpoint("10.244.0.7:2222"));
  const auto pod = start(production_node());
  Socket held = testing::connect(*overlay, endpoint("10.100.0.10:2222"));
  held.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = gitea.accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);

  inner->change_configuration("0.0.0.0:2222", "0.0.0.0:2223");
  inner->apply();
  EXPECT_TRUE(eventually([&] { return listening(net->backend, 2223); }, kReloaded)) << pod->messages();
  EXPECT_TRUE(eventually([&] { return !listening(net->backend, 2222); }, kReloaded)) << pod->messages();
  expect_conversation(held, server);
}

TEST_P(Kubernetes, AConfigMapWithAMistakeChangesNothing) {
  Listener gitea(*pods, endpoint("10.244.0.7:2222"));
  const auto pod = start(production_node());
  inner->change_configuration("accept_proxy: strict", "accept_proxy: strickt");
  inner->apply();
  const auto complained = [&] { return pod->messages().find("strickt") != std::string::npos; };
  EXPECT_TRUE(eventually(complained, kReloaded)) << pod->messages();
  Socket client = testing::connect(*overlay, endpoint("10.100.0.10:2222"));
  client.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = gitea.accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);
}

// maxSurge: the second pod starts beside the first, is ready, and only then is the first told to end.
TEST_P(Kubernetes, ASecondPodTakesOverFromTheFirst) {
  Listener gitea(*pods, endpoint("10.244.0.7:2222"));
  auto first = start(production_node());
  Socket held = testing::connect(*overlay, endpoint("10.100.0.10:2222"));
  held.send_all(proxy_v2(kClaimed, kDialled));
  Socket server = gitea.accept();
  EXPECT_EQ(read_proxy_v2(server).source, kClaimed);

  const auto second = start(*inner);
  const auto took_over = [&] { return second->messages().find("\"ready\"") != std::string::npos; };
  EXPECT_TRUE(eventually(took_over, kReloaded)) << second->messages();
  first->terminate();
  Socket next = testing::connect(*overlay, endpoint("10.100.0.10:2222"));
  next.send_all(proxy_v2({kClaimed.address(), 40'002}, kDialled));
  Socket answered = gitea.accept();
  EXPECT_EQ(read_proxy_v2(answered).source.port(), 40'002);
  expect_conversation(next, answered);
  expect_conversation(held, server);

  held.close();
  EXPECT_EQ(server.receive_until_eof(), "");
  server.close();
  EXPECT_EQ(first->wait(kSoon), Exit{}) << first->messages();
  EXPECT_EQ(curl(net->backend, {.url = "http://127.0.0.1:9901/readyz"}).status, 200);
}

// One that ended would be started again by the kubelet, and take over in its turn.
TEST_P(Kubernetes, AFirstPodWithoutConnectionsWaitsToBeToldToEnd) {
  auto first = start(production_node());
  const auto second = start(*inner);
  const auto drains = [&] { return first->messages().find("draining: 0 connections") != std::string::npos; };
  EXPECT_TRUE(eventually(drains, kReloaded)) << first->messages();
  EXPECT_EQ(first->wait(Duration{300}), std::nullopt) << first->messages();
  first->terminate();
  EXPECT_EQ(first->wait(kSoon), Exit{}) << first->messages();
  EXPECT_EQ(curl(net->backend, {.url = "http://127.0.0.1:9901/readyz"}).status, 200);
}

INSTANTIATE_TEST_SUITE_P(Path, Kubernetes, ::testing::Values("sockmap"), path_name);

}  // namespace
}  // namespace realpeer::testing
