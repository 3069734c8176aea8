// The strictest receiver known: Gitea's takes no TLV, no unknown family, and no header cut inside its addresses.
#include "e2e/receivers.h"
#include "harness/gitea_receiver.h"

namespace realpeer::testing {
namespace {

class ReceiversGitea : public Receivers {
 protected:
  // Whatever a trusted peer sends first, the receiver accepts what comes out, and this client.
  void expect_accepted(const std::string& first, const std::optional<Endpoint>& client = std::nullopt) {
    Socket visitor = connect();
    visitor.send_all(first);
    Socket server = backend->accept();
    const auto verdict = read_as_gitea(server);
    EXPECT_TRUE(verdict.accepted) << verdict.refused;
    EXPECT_EQ(verdict.client, client.value_or(visitor.local()));
    EXPECT_EQ(verdict.payload, "");
    expect_conversation(visitor, server);
  }
};

TEST_P(ReceiversGitea, AcceptsWhatComesOfEveryHeaderThatNamesAClient) {
  start();
  const auto claimed6 = endpoint("[2001:db8::7]:40001"), dialled6 = endpoint("[2001:db8::10]:443");
  expect_accepted(proxy_v2(kClaimed, kDialled), kClaimed);
  expect_accepted(proxy_v2(claimed6, dialled6), claimed6);
  expect_accepted(proxy_v1(kClaimed, kDialled), kClaimed);
  expect_accepted(proxy_v1(claimed6, dialled6), claimed6);
  expect_accepted(proxy_v2(kClaimed, kDialled, tlv(0x05, "request-1234")), kClaimed);
}

// Gitea refuses UNKNOWN, and takes LOCAL for a connection from itself: the gateway names its peer instead.
TEST_P(ReceiversGitea, AcceptsWhatComesOfEveryHeaderThatNamesNobody) {
  start();
  expect_accepted(proxy_v2_local());
  expect_accepted(proxy_v2_raw(0x20, 0x11, proxy_v2(kClaimed, kDialled).substr(16)));
  expect_accepted(proxy_v2_raw(0x21, 0x00, ""));
  expect_accepted("PROXY UNKNOWN\r\n");
  expect_accepted("PROXY UNKNOWN 192.0.2.66 192.0.2.1 1 2\r\n");
}

TEST_P(ReceiversGitea, AcceptsVersionOne) {
  config.identity = "proxy-v1";
  start();
  expect_accepted(proxy_v2(kClaimed, kDialled), kClaimed);
  expect_accepted(proxy_v2_local());
}

// Neither TLVs that arrive nor checks that name nobody get through to it, while its neighbour is told everything.
TEST_P(ReceiversGitea, WithItsProfileIsToldTheClientAndNothingElse) {
  backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
  Listener neighbour(net->backend, endpoint("10.77.0.2:9001"));
  start_gateway_with(R"(
listeners:
  - { name: ssh, bind: "203.0.113.1:7000", accept_proxy: strict, trusted_cidrs: [203.0.113.42], route: { backend: gitea } }
  - { name: web, bind: "203.0.113.1:7001", accept_proxy: strict, trusted_cidrs: [203.0.113.42], route: { backend: web } }
backends:
  gitea: { endpoints: ["10.77.0.2:9000"], profile: gitea }
  web: { endpoints: ["10.77.0.2:9001"], profile: haproxy, pass_through_tlvs: all }
)");
  const auto id = tlv(0x05, "request-1234");
  config.binds = {"203.0.113.1:7000"};
  expect_accepted(proxy_v2(kClaimed, kDialled, id), kClaimed);
  expect_accepted(proxy_v2_local());
  config.binds = {"203.0.113.1:7001"};
  Socket visitor = connect();
  visitor.send_all(proxy_v2(kClaimed, kDialled, id));
  Socket server = neighbour.accept();
  EXPECT_EQ(read_proxy_v2(server).tlvs, id);
}

INSTANTIATE_TEST_SUITE_P(Path, ReceiversGitea, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
