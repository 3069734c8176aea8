// Names across namespaces, cgroups and NAT, and gateways beside each other.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <atomic>

#include "harness/parallel.h"
#include "harness/process.h"
#include "kernel/mounts.h"
#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

using kernel::NameDelivery;
using ::testing::HasSubstr;

// With the three namespaces of the end-to-end tests: the gateway connects from one to the other.
class NamingBetween : public Naming {
 protected:
  void nft(const Netns& in, const std::string& hook, const std::string& rule) const {
    const auto file =
        directory.write("rules", "table ip nat {\n chain nat {\n type nat hook " + hook + ";\n " + rule + "\n }\n}\n");
    const auto done = run({"/usr/sbin/nft", "-f", file}, {.netns = &in});
    ASSERT_EQ(done.code, 0) << done.errors;
  }

  Topology net{"names"};
  TemporaryDirectory directory;
};

TEST_F(NamingBetween, ReachesABackendInAnotherNamespace) {
  for (const char* at : {"10.77.0.2:7000", "[fd00:b::2]:7000"}) {
    Listener listener(net.backend, endpoint(at));
    auto connected = gateway.connect(net.gateway, client, listener.at());
    const auto accepted = accept_named(listener);
    EXPECT_EQ(accepted.name.port(), client.port());
    EXPECT_THAT(to_string(accepted.socket.remote()), HasSubstr("203.0.113.42"));
    EXPECT_EQ(gateway.outcome(connected), NameDelivery::delivered);
  }
}

TEST_F(NamingBetween, FollowsDestinationNat) {
  nft(net.gateway, "output priority -100", "tcp dport 9000 dnat to 10.77.0.2:9001");
  nft(net.backend, "prerouting priority -100", "tcp dport 9001 redirect to :7000");
  Listener listener(net.backend, endpoint("10.77.0.2:7000"));
  auto connected = gateway.connect(net.gateway, client, endpoint("10.77.0.1:9000"));
  EXPECT_EQ(accept_named(listener).name, client);
  EXPECT_EQ(gateway.outcome(connected), NameDelivery::delivered);
}

TEST_F(NamingBetween, IsLostBySourceNatAndSaysSo) {
  nft(net.gateway, "postrouting priority 100", "tcp dport 7000 snat to 10.77.0.1:30000-30999");
  Listener listener(net.backend, endpoint("10.77.0.2:7000"));
  auto connected = gateway.connect(net.gateway, client, listener.at());
  auto accepted = accept_named(listener);
  EXPECT_EQ(accepted.name.address(), connected.local().address());
  EXPECT_EQ(gateway.in_flight(), 1U);
  connected.send_all("x");
  EXPECT_EQ(accepted.socket.receive_exactly(1), "x");
  EXPECT_EQ(gateway.outcome(connected), NameDelivery::undelivered);
}

TEST_F(NamingBetween, IsUndeliveredWhereNobodyAnswers) {
  auto socket = gateway.socket(net.gateway, endpoint("10.77.0.99:7000"));
  ASSERT_EQ(::fcntl(socket.descriptor(), F_SETFL, O_NONBLOCK), 0);
  EXPECT_THROW(gateway.connect(socket, client, endpoint("10.77.0.99:7000")), std::system_error);
  EXPECT_EQ(gateway.in_flight(), 1U);
  EXPECT_EQ(gateway.delivery(socket), NameDelivery::under_way);
  socket.close();
  EXPECT_EQ(gateway.in_flight(), 0U);
}

TEST_F(NamingBetween, WithoutRoomIsUndeliveredAndCounted) {
  const InCgroup home(tree.path());
  NamingGateway small("small", tree.path(), 1);
  std::vector<Socket> waiting;
  for (int i = 0; i < 2; ++i) {  // room for two: closing sockets keep their entries a little longer
    waiting.push_back(small.socket(net.gateway, endpoint("10.77.0.99:7000")));
    ASSERT_EQ(::fcntl(waiting.back().descriptor(), F_SETFL, O_NONBLOCK), 0);
    EXPECT_THROW(small.connect(waiting.back(), client, endpoint("10.77.0.99:7000")), std::system_error);
  }
  Listener listener(net.backend, endpoint("10.77.0.2:7000"));
  auto third = small.connect(net.gateway, client, listener.at());
  EXPECT_EQ(accept_named(listener).name, third.local());
  EXPECT_EQ(small.delivery(third), NameDelivery::undelivered);
  EXPECT_EQ(small.counters()[REALPEER_NAMES_NO_ROOM], 1U);
}

TEST_F(Naming, ReachesAListenerOfACgroupBelowAndNotOneOutside) {
  const TestCgroup below("below", tree.path());
  const TestCgroup outside("outside");
  std::optional<Listener> told;
  std::optional<Listener> untold;
  {
    const InCgroup there(below.path());
    told.emplace(netns, endpoint("127.0.0.1:0"));
  }
  {
    const InCgroup there(outside.path());
    untold.emplace(netns, endpoint("127.0.0.1:0"));
  }
  auto first = gateway.connect(netns, client, told->at());
  EXPECT_EQ(accept_named(*told).name, client);
  EXPECT_EQ(gateway.outcome(first), NameDelivery::delivered);
  auto second = gateway.connect(netns, client, untold->at());
  auto accepted = accept_named(*untold);
  EXPECT_EQ(accepted.name, second.local());
  accepted.socket.send_all("220 hello");  // a backend that speaks first shows that it is past its handshake
  EXPECT_EQ(gateway.outcome(second), NameDelivery::undelivered);
  accepted.socket.reset();
  EXPECT_EQ(second.ending().end, End::reset);
  EXPECT_EQ(gateway.delivery(second), NameDelivery::undelivered);
}

// The one test that touches every socket of the host, for a moment.
TEST_F(Naming, AtTheRootReachesEveryBackend) {
  const TestCgroup elsewhere("elsewhere");
  std::optional<Listener> listener;
  {
    const InCgroup there(elsewhere.path());
    listener.emplace(netns, endpoint("127.0.0.1:0"));
  }
  const InCgroup home(tree.path());
  NamingGateway everywhere("everywhere", "");
  EXPECT_TRUE(kernel::is_cgroup_root(everywhere.names().cgroup())) << everywhere.names().cgroup();
  auto connected = everywhere.connect(netns, client, listener->at());
  EXPECT_EQ(accept_named(*listener).name, client);
  EXPECT_EQ(everywhere.outcome(connected), NameDelivery::delivered);
}

TEST_F(Naming, OfTwoGatewaysIsEachOnesOwn) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto second_client = endpoint("198.51.100.7:7");
  const InCgroup home(tree.path());
  auto second = std::make_optional<NamingGateway>("second", tree.path());
  const auto first_connects = [&] {
    const InCgroup there(gateway.cgroup());
    return gateway.connect(netns, client, listener.at());
  };
  auto of_first = first_connects();
  const auto told_by_first = accept_named(listener);
  auto of_second = second->connect(netns, second_client, listener.at());
  const auto told_by_second = accept_named(listener);
  EXPECT_EQ(told_by_first.name, client);
  EXPECT_EQ(told_by_second.name, second_client);
  EXPECT_EQ(gateway.outcome(of_first), NameDelivery::delivered);
  EXPECT_EQ(second->outcome(of_second), NameDelivery::delivered);
  EXPECT_EQ(second->delivery(of_first), NameDelivery::undelivered);

  second.reset();
  EXPECT_EQ(told_by_second.socket.remote(), of_second.local()) << "nobody answers for a gateway that is gone";
  EXPECT_EQ(told_by_first.socket.remote(), client);
  auto later = first_connects();
  EXPECT_EQ(accept_named(listener).name, client);
}

// Two namespaces that cannot tell themselves apart by any address or port.
class NamingOfTwins : public Naming {
 protected:
  struct Twin {
    Netns netns;
    Listener listener;
    Twin(const std::string& role, const Endpoint& at)
        : netns("rpt-names-" + std::to_string(::getpid()) + "-" + role), listener(prepared(netns, at), at) {}
    static const Netns& prepared(const Netns& in, const Endpoint& at) {
      if (!at.address().is_loopback()) {
        in_netns(in, [&] { ip_batch("addr add " + at.address().to_string() + "/32 dev lo"); });
      }
      return in;
    }
  };
};

TEST_F(NamingOfTwins, WithEqualTuplesIsEachOnesOwn) {
  const auto at = endpoint("10.9.0.1:7000");
  Twin left("left", at);
  Twin right("right", at);
  const auto from = endpoint("10.9.0.1:40125");
  const auto other = endpoint("198.51.100.7:7");
  auto of_left = gateway.connect(left.netns, client, at, from);
  auto of_right = gateway.connect(right.netns, other, at, from);
  EXPECT_EQ(of_left.local(), of_right.local());
  EXPECT_EQ(accept_named(right.listener).name, other);
  EXPECT_EQ(accept_named(left.listener).name, client);
}

// The sequence numbers of the twins differ only by when they connect, to 64 ns.
class NamingOfRacingTwins : public NamingOfTwins, public ::testing::WithParamInterface<const char*> {};

TEST_P(NamingOfRacingTwins, NeverMixesThemUp) {
  const auto at = endpoint(GetParam());
  Twin left("left", at);
  Twin right("right", at);
  constexpr int rounds = 3000;
  std::atomic<int> arrived = 0;
  std::atomic<int> told = 0;
  std::atomic<bool> wrong = false;
  const auto race = [&](Twin& twin, const Endpoint& mine) {
    const Endpoint from(at.address(), 40126);
    const Inside there(twin.netns);
    for (int round = 1; round <= rounds && !wrong; ++round) {
      auto socket = gateway.socket(twin.netns, at, from);
      ++arrived;
      while (arrived < 2 * round && !wrong) {
      }
      gateway.connect(socket, mine, at);
      auto accepted = accept_named(twin.listener);
      accepted.socket.send_all("x");
      EXPECT_EQ(socket.receive_exactly(1), "x");
      const auto delivery = gateway.delivery(socket);
      const bool delivered = delivery == NameDelivery::delivered;
      told += delivered ? 1 : 0;
      if (accepted.name != (delivered ? mine : from)) wrong = true;
      EXPECT_FALSE(wrong) << mine << " was " << to_string(delivery) << ", and its backend saw " << accepted.name;
      accepted.socket.reset();
      socket.reset();
    }
  };
  at_once({[&] { race(left, client); }, [&] { race(right, endpoint("198.51.100.7:7")); }});
  const auto ambiguous = static_cast<int>(gateway.counters()[REALPEER_NAMES_AMBIGUOUS]);
  EXPECT_EQ(told + ambiguous, 2 * rounds);
  RecordProperty("ambiguous", ambiguous);
  if (at.address().is_loopback()) {
    EXPECT_EQ(ambiguous, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(On, NamingOfRacingTwins, ::testing::Values("127.0.0.1:7000", "10.9.0.1:7000"),
                         [](const auto& at) { return at.index == 0 ? "Loopback" : "AnAddressOfBoth"; });

}  // namespace
}  // namespace realpeer::testing
