// IPv4 and IPv6 clients before IPv4, IPv6 and dual-stack backends, for `identity: peername`.
#include "e2e/peername.h"

namespace realpeer::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Endpoint kClaimed6 = endpoint("[2001:db8::7]:40006");
const std::string kNobody = "192.0.0.8";  // RFC 7600, section 4.8
const Endpoint kMapped = endpoint("[::ffff:198.51.100.7]:40001");

class PeernameFamilies : public Peername {
 protected:
  void expect_seen_as(const Endpoint& seen, const Endpoint& claimed) {
    auto met = meet(claimed);
    EXPECT_EQ(met.seen, seen);
    end(std::move(met), true);
  }
};

TEST_P(PeernameFamilies, ADualStackBackendReachedOverIPv4SeesBoth) {
  listen_and_start(net->backend, "[::]:9000", "10.77.0.2:9000");
  expect_seen_as(kMapped, kClaimed);
  expect_seen_as(kClaimed6, kClaimed6);
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_P(PeernameFamilies, ABackendReachedOverIPv6SeesBoth) {
  listen_and_start(net->backend, "[fd00:b::2]:9000", "[fd00:b::2]:9000");
  expect_seen_as(kMapped, kClaimed);
  expect_seen_as(kClaimed6, kClaimed6);
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_P(PeernameFamilies, ABackendOnLoopbackOfIPv6SeesBoth) {
  listen_and_start(net->gateway, "[::1]:9000", "[::1]:9000");
  expect_seen_as(kMapped, kClaimed);
  expect_seen_as(kClaimed6, kClaimed6);
}

TEST_P(PeernameFamilies, AClientThatConnectsOverIPv6IsTold) {
  config.binds = {"[fd00:c::1]:7000"};
  config.accept_proxy = "off";
  listen_and_start(net->backend, "[fd00:b::2]:9000", "[fd00:b::2]:9000");
  Socket client = connect();
  Socket server = backend->accept();
  const auto seen = server.remote();
  EXPECT_EQ(seen, client.local());
  expect_conversation(client, server);
  end({std::move(client), std::move(server), seen}, true);
}

TEST_P(PeernameFamilies, AnIPv4BackendHasNoRoomForAnIPv6ClientAndTheLogSaysSo) {
  listen_and_start(net->backend, "10.77.0.2:9000", "10.77.0.2:9000");
  for (int i = 0; i < 3; ++i) expect_not_told(kClaimed6, kNobody);
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr(kNobody), HasSubstr("IPv6"))));
  expect_told(kClaimed);
}

// Each says something else to do.
TEST_P(PeernameFamilies, WantOfRoomIsComplainedOfBesideWantOfAWay) {
  backend.emplace(net->backend, endpoint("10.77.0.2:9000"));
  start_naming();
  expect_not_told(kClaimed6, kNobody);
  nft("postrouting priority 100", "tcp dport 9000 masquerade to :30000-30999");
  expect_not_told(kClaimed);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("the client is IPv6"), HasSubstr("source NAT")));
}

INSTANTIATE_TEST_SUITE_P(Path, PeernameFamilies, both_paths(), path_name);

}  // namespace
}  // namespace realpeer::testing
