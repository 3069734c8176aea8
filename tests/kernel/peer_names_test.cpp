// Which name a backend's socket answers with, and what the gateway is told of it.
#include <bpf/bpf.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

using kernel::NameDelivery;

struct Families {
  const char* what;
  const char* client;
  const char* listens;
  const char* connects_to;  // its port is the listener's
  const char* named;        // nothing: the real peer
  NameDelivery delivery;
};

void PrintTo(const Families& families, std::ostream* out) { *out << families.what; }

class NamingAcrossFamilies : public Naming, public ::testing::WithParamInterface<Families> {};

// As SO_PEERNAME has it, which refuses room for more than an address of the socket's family.
Endpoint peer_by_option(const Socket& socket) {
  Endpoint name = socket.remote();
  auto size = static_cast<socklen_t>(name.size());
  if (::getsockopt(socket.descriptor(), SOL_SOCKET, SO_PEERNAME, name.data(), &size) != 0) return {};
  name.resize(size);
  return name;
}

TEST_P(NamingAcrossFamilies, EveryCallSaysTheClientOrNobody) {
  const auto& with = GetParam();
  Listener listener(netns, endpoint(with.listens));
  Endpoint to = endpoint(with.connects_to);
  to.port(listener.at().port());
  auto connected = gateway.connect(netns, endpoint(with.client), to);
  const auto accepted = accept_named(listener);
  const auto expected = endpoint(with.named);
  EXPECT_EQ(to_string(accepted.name), to_string(expected));
  EXPECT_EQ(to_string(accepted.socket.remote()), to_string(expected));
  EXPECT_EQ(to_string(peer_by_option(accepted.socket)), to_string(expected));
  EXPECT_EQ(gateway.outcome(connected), with.delivery);
  EXPECT_EQ(to_string(connected.remote()), to_string(to)) << "an outgoing socket keeps its peer";
  connected.reset();
  const bool inexpressible = with.delivery == NameDelivery::inexpressible;
  EXPECT_EQ(gateway.counters()[REALPEER_NAMES_INEXPRESSIBLE], inexpressible ? 1U : 0U);
  EXPECT_EQ(accepted.socket.local().port(), to.port());
}

INSTANTIATE_TEST_SUITE_P(
    All, NamingAcrossFamilies,
    ::testing::Values(Families{"Ipv4Everywhere", "203.0.113.42:5555", "127.0.0.1:0", "127.0.0.1:0", "203.0.113.42:5555",
                               NameDelivery::delivered},
                      Families{"Ipv6Everywhere", "[2001:db8::42]:5555", "[::1]:0", "[::1]:0", "[2001:db8::42]:5555",
                               NameDelivery::delivered},
                      Families{"Ipv4ClientOverIpv4OnADualStackListener", "203.0.113.42:5555", "[::]:0", "127.0.0.1:0",
                               "[::ffff:203.0.113.42]:5555", NameDelivery::delivered},
                      Families{"Ipv4ClientOverIpv6", "203.0.113.42:5555", "[::]:0", "[::1]:0",
                               "[::ffff:203.0.113.42]:5555", NameDelivery::delivered},
                      Families{"Ipv6ClientOverIpv4OnADualStackListener", "[2001:db8::42]:5555", "[::]:0", "127.0.0.1:0",
                               "[2001:db8::42]:5555", NameDelivery::delivered},
                      Families{"Ipv4ClientFromAMappedSocket", "203.0.113.42:5555", "127.0.0.1:0",
                               "[::ffff:127.0.0.1]:0", "203.0.113.42:5555", NameDelivery::delivered},
                      Families{"Ipv6ClientOnAnIpv4Listener", "[2001:db8::42]:5555", "127.0.0.1:0", "127.0.0.1:0",
                               "192.0.0.8:5555", NameDelivery::inexpressible}),  // nobody: not the gateway
    [](const auto& families) { return families.param.what; });

TEST_F(Naming, OfSocketsThatNobodyAnnouncedIsTheRealPeer) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto connected = connect(netns, listener.at());
  const auto accepted = accept_named(listener);
  EXPECT_EQ(accepted.name, connected.local());
  EXPECT_EQ(accepted.socket.remote(), connected.local());
  EXPECT_EQ(gateway.delivery(connected), NameDelivery::undelivered);
}

TEST_F(Naming, OfARecordedClientThatIsNotToBeNamedIsTheRealPeer) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto socket = gateway.socket(netns, listener.at());
  auto value = named(client);
  value.by_peername = 0;
  ASSERT_TRUE(gateway.clients().expect(socket.descriptor(), value));
  const auto to = listener.at();
  ASSERT_EQ(::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size())), 0);
  EXPECT_EQ(accept_named(listener).name, socket.local());
  EXPECT_EQ(gateway.counters()[REALPEER_NAMES_ASKED], 0U);
}

TEST_F(Naming, WorksForListenersThatWereThereBeforeAndLeavesConnectionsThatWere) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto plain = connect(netns, listener.at());
  const auto earlier = accept_named(listener);
  const InCgroup home(tree.path());
  NamingGateway later("later", tree.path());
  auto connected = later.connect(netns, client, listener.at());
  EXPECT_EQ(accept_named(listener).name, client);
  EXPECT_EQ(later.outcome(connected), NameDelivery::delivered);
  EXPECT_EQ(earlier.socket.remote(), plain.local());
}

// A socket that connects to itself is both ends, and the kernel calls it passive too.
TEST_F(Naming, NeverReachesASocketThatConnects) {
  const auto itself = endpoint("127.0.0.1:40123");
  auto socket = gateway.connect(netns, client, itself, itself);
  EXPECT_EQ(socket.local(), itself);
  EXPECT_EQ(socket.remote(), itself);
  socket.send_all("x");
  EXPECT_EQ(socket.receive_exactly(1), "x");
  EXPECT_EQ(gateway.outcome(socket), NameDelivery::undelivered);
}

// Of the calling thread's namespace, by its name in /proc/net/netstat: names in one line, values in the next.
std::uint64_t tcp_statistic(const std::string& wanted) {
  std::ifstream table("/proc/thread-self/net/netstat");
  std::string names, values, name;
  std::getline(table, names);
  std::getline(table, values);
  std::istringstream each_name(names), each_value(values);
  std::string value;
  while (each_name >> name && each_value >> value) {
    if (name == wanted) return std::stoull(value);
  }
  throw std::runtime_error("no statistic " + wanted);
}

TEST_F(Naming, WorksBehindSynCookies) {
  in_netns(netns, [] { std::ofstream("/proc/sys/net/ipv4/tcp_syncookies") << "2"; });
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto connected = gateway.connect(netns, client, listener.at());
  EXPECT_EQ(accept_named(listener).name, client);
  EXPECT_EQ(gateway.outcome(connected), NameDelivery::delivered);
  EXPECT_EQ(in_netns(netns, [] { return tcp_statistic("SyncookiesRecv"); }), 1U);
}

TEST_F(Naming, WaitsWithAListenerThatDefersItsAccept) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const int seconds = 20;
  ASSERT_EQ(::setsockopt(listener.descriptor(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds), 0);
  auto connected = gateway.connect(netns, client, listener.at());
  EXPECT_EQ(gateway.delivery(connected), NameDelivery::under_way);
  EXPECT_EQ(gateway.in_flight(), 1U);
  connected.send_all("x");
  EXPECT_EQ(accept_named(listener).name, client);
  EXPECT_EQ(gateway.delivery(connected), NameDelivery::delivered);
  EXPECT_EQ(gateway.in_flight(), 0U);
}

TEST_F(Naming, WorksWithAMultipathListener) {
  const int descriptor = in_netns(netns, [] { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP); });
  if (descriptor < 0) GTEST_SKIP() << "this kernel has no MPTCP (CONFIG_MPTCP, net.mptcp.enabled)";
  const Socket listener(descriptor);
  const auto at = endpoint("127.0.0.1:40124");
  ASSERT_EQ(::bind(descriptor, at.data(), static_cast<socklen_t>(at.size())), 0);
  ASSERT_EQ(::listen(descriptor, 8), 0);
  auto connected = gateway.connect(netns, client, at);
  const auto accepted = accept_named(descriptor);
  EXPECT_EQ(accepted.name, client);
  EXPECT_EQ(accepted.socket.remote(), client);
  EXPECT_EQ(gateway.outcome(connected), NameDelivery::delivered);
}

TEST_F(Naming, IsUndeliveredForAMultipathSocketOfTheGateway) {
  const int descriptor = in_netns(netns, [] { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP); });
  if (descriptor < 0) GTEST_SKIP() << "this kernel has no MPTCP (CONFIG_MPTCP, net.mptcp.enabled)";
  Socket socket(descriptor);
  Listener listener(netns, endpoint("127.0.0.1:0"));
  gateway.connect(socket, client, listener.at());
  EXPECT_EQ(accept_named(listener).name, socket.local());
  EXPECT_EQ(gateway.delivery(socket), NameDelivery::undelivered);
}

TEST_F(Naming, SurvivesASocketThatBecomesAnIpv4One) {
  Listener listener(netns, endpoint("[::]:0"));
  const Endpoint to(boost::asio::ip::make_address("127.0.0.1"), listener.at().port());
  const auto becomes_ipv4 = [](const Accepted& accepted) {
    const int family = AF_INET;
    return ::setsockopt(accepted.socket.descriptor(), IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof family) == 0;
  };
  auto ipv4 = gateway.connect(netns, client, to);
  const auto of_ipv4 = accept_named(listener);
  auto ipv6 = gateway.connect(netns, endpoint("[2001:db8::42]:5555"), to);
  const auto of_ipv6 = accept_named(listener);
  ASSERT_TRUE(becomes_ipv4(of_ipv4) && becomes_ipv4(of_ipv6));
  EXPECT_EQ(of_ipv4.socket.remote(), client);
  EXPECT_EQ(of_ipv6.socket.remote(), ipv6.local());
}

// Of every loaded program of that name.
std::uint64_t runs_of(const std::string& name) {
  std::uint64_t runs = 0;
  for (std::uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
    const kernel::UniqueFd program(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    std::uint32_t length = sizeof(info);
    if (program.valid() && bpf_obj_get_info_by_fd(program.get(), &info, &length) == 0 && info.name == name) {
      runs += info.run_cnt;
    }
  }
  return runs;
}

TEST_F(Naming, RunsNoProgramForAPacket) {
  const kernel::UniqueFd counting(bpf_enable_stats(BPF_STATS_RUN_TIME));
  ASSERT_TRUE(counting.valid());
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto connected = gateway.connect(netns, client, listener.at());
  auto accepted = accept_named(listener);
  EXPECT_GT(runs_of("record_client") + runs_of("take_name"), 0U);
  const auto before = runs_of("record_client") + runs_of("take_name");
  const std::string part(100'000, 'x');
  for (int i = 0; i < 100; ++i) {
    connected.send_all(part);
    ASSERT_EQ(accepted.socket.receive_exactly(part.size()), part);
  }
  EXPECT_EQ(runs_of("record_client") + runs_of("take_name"), before);
}

TEST_F(Naming, IsKnownAlsoAfterTheBackendResetTheConnection) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto connected = gateway.connect(netns, client, listener.at());
  accept_named(listener).socket.reset();
  EXPECT_EQ(connected.ending().end, End::reset);
  EXPECT_EQ(gateway.delivery(connected), NameDelivery::delivered);
}

TEST_F(Naming, OfAConnectionThatIsRefusedLeavesNothing) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto to = listener.at();
  listener.close();
  auto socket = gateway.socket(netns, to);
  EXPECT_THROW(gateway.connect(socket, client, to), std::system_error);
  EXPECT_EQ(gateway.delivery(socket), NameDelivery::undelivered);
  EXPECT_EQ(gateway.entries(), 0U);
}

TEST_F(Naming, OfASocketThatConnectsAgainIsThatOfTheNewClient) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto nobody = endpoint("127.0.0.1:9");
  auto socket = gateway.socket(netns, nobody);
  EXPECT_THROW(gateway.connect(socket, client, nobody), std::system_error);
  const auto another = endpoint("198.51.100.7:7");
  gateway.connect(socket, another, listener.at());
  EXPECT_EQ(accept_named(listener).name, another);
  EXPECT_EQ(gateway.outcome(socket), NameDelivery::delivered);
}

TEST_F(Naming, OfAConnectionThatWasNeverAcceptedIsDeliveredAndLeavesNothing) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  auto connected = gateway.connect(netns, client, listener.at());
  EXPECT_EQ(gateway.outcome(connected), NameDelivery::delivered);
  listener.close();
}

}  // namespace
}  // namespace realpeer::testing
