// The harness proves itself: a checker that sees nothing would make every other test pass.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "harness/content.h"
#include "harness/memory.h"
#include "harness/netns.h"
#include "harness/proxy_v2.h"
#include "harness/receivers/dovecot.h"
#include "harness/tcp.h"
#include "harness/wireguard.h"

namespace realpeer::testing {
namespace {

TEST(Content, IsTheSameWhereverItsReadingBegins) {
  const Content content(7);
  const auto whole = content.bytes(0, 4096);
  for (const std::size_t offset : {1U, 7U, 8U, 9U, 63U, 1000U})
    EXPECT_EQ(content.bytes(offset, 99), whole.substr(offset, 99));
  EXPECT_NE(Content(8).bytes(0, 4096), whole);
}

TEST(Content, NamesTheFirstWrongByte) {
  const Content content(7);
  for (const std::size_t wrong : {0U, 1U, 511U, 512U, 4095U}) {
    auto bytes = content.bytes(100, 4096);
    EXPECT_EQ(content.first_difference(100, bytes), std::nullopt);
    bytes[wrong] = static_cast<char>(bytes[wrong] ^ 1);
    bytes.back() = static_cast<char>(bytes.back() ^ 2);
    EXPECT_EQ(content.first_difference(100, bytes), 100 + wrong);
  }
}

TEST(Content, SeesALostADoubledAndASwappedByte) {
  const Content content(7);
  const auto bytes = content.bytes(0, 8192);
  EXPECT_EQ(content.first_difference(0, bytes.substr(0, 5000) + bytes.substr(5001)), 5000U);
  EXPECT_EQ(content.first_difference(0, bytes.substr(0, 5001) + bytes.substr(5000)), 5001U);
  EXPECT_NE(content.first_difference(0, bytes.substr(4096) + bytes.substr(0, 4096)), std::nullopt);
}

class Harness : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, for network namespaces";
  }
};

TEST_F(Harness, LeavesNoNamespaceBehind) {
  {
    const Topology net("LeavesNoNamespaceBehind");
    EXPECT_EQ(own_namespaces(), 3);
  }
  EXPECT_EQ(own_namespaces(), 0);
}

TEST_F(Harness, ListensAndConnectsInsideItsNamespaces) {
  const Topology net("ListensAndConnects");
  for (const char* address : {"10.77.0.2:9000", "[fd00:b::2]:9000"}) {
    Listener listener(net.backend, endpoint(address));
    EXPECT_TRUE(listening(net.backend, 9000));
    EXPECT_FALSE(listening(net.gateway, 9000));
    Socket client = connect(net.gateway, endpoint(address));
    Socket server = listener.accept();
    EXPECT_EQ(server.remote(), client.local());
    // The client's side has no route there: it must go through the gateway.
    EXPECT_THROW(connect(net.client, endpoint(address)), std::system_error);
  }
}

TEST_F(Harness, TellsAFinFromAReset) {
  const Topology net("TellsAFinFromAReset");
  Listener listener(net.backend, endpoint("10.77.0.2:9000"));
  Socket finishes = connect(net.gateway, listener.at());
  Socket first = listener.accept();
  finishes.send_all("bye");
  finishes.close();
  const auto finished = first.ending();
  EXPECT_EQ(finished.end, End::eof);
  EXPECT_EQ(finished.bytes, "bye");

  Socket resets = connect(net.gateway, listener.at());
  Socket second = listener.accept();
  EXPECT_EQ(second.ending(Duration{20}).end, End::deadline);
  resets.reset();
  EXPECT_EQ(second.ending().end, End::reset);
}

TEST_F(Harness, ReadsTheHeadersItWrites) {
  const Topology net("ReadsTheHeadersItWrites");
  Listener listener(net.backend, endpoint("10.77.0.2:9000"));
  Socket client = connect(net.gateway, listener.at());
  Socket server = listener.accept();
  const auto source = endpoint("[2001:db8::7]:1"), destination = endpoint("[2001:db8::8]:65535");
  client.send_all(proxy_v2(source, destination, tlv(0x05, "id")) + "payload");
  const auto header = read_proxy_v2(server);
  EXPECT_TRUE(header.proxy);
  EXPECT_EQ(header.source, source);
  EXPECT_EQ(header.destination, destination);
  EXPECT_EQ(header.tlvs, tlv(0x05, "id"));
  EXPECT_EQ(header.size, 52 + 5U);
  EXPECT_EQ(server.receive_exactly(7), "payload");
}

TEST_F(Harness, EndsAServerWithAllItStarted) {
  const Topology net("EndsAServerWithAllItStarted");
  {
    const Dovecot dovecot(net.backend, endpoint("10.77.0.2:1143"), "10.77.0.1");
    EXPECT_TRUE(eventually([&] { return processes_in(net.backend) > 1; }, kDeadline));
  }
  EXPECT_TRUE(eventually([&] { return processes_in(net.backend) == 0; }, kDeadline));
}

TEST_F(Harness, CarriesConnectionsThroughATunnelAndTakesItBack) {
  const Topology net("CarriesThroughATunnel");
  const auto near = wireguard_interface("nr"), far = wireguard_interface("fr");
  const auto control = [](const std::string& name) { return "/var/run/wireguard/" + name + ".sock"; };
  {
    const WireguardTunnel tunnel({.netns = net.client,
                                  .interface = near,
                                  .outside = "203.0.113.42",
                                  .addresses = {"10.9.0.1/24", "fd00:9::1/64"}},
                                 {.netns = net.gateway,
                                  .interface = far,
                                  .outside = "203.0.113.1",
                                  .addresses = {"10.9.0.2/24", "fd00:9::2/64"}});
    for (const char* address : {"10.9.0.2:9000", "[fd00:9::2]:9000"}) {
      Listener listener(net.gateway, endpoint(address));
      Socket client = connect(net.client, endpoint(address));
      Socket server = listener.accept();
      client.send_all("through");
      EXPECT_EQ(server.receive_exactly(7), "through");
    }
    EXPECT_TRUE(std::filesystem::exists(control(near)));
    EXPECT_EQ(processes_in(net.client), 1);
  }
  for (const auto& name : {near, far}) EXPECT_FALSE(std::filesystem::exists(control(name)));
  EXPECT_EQ(processes_in(net.client) + processes_in(net.gateway), 0);
  // The same names once more: they are free.
  const WireguardTunnel again(
      {.netns = net.client, .interface = near, .outside = "fd00:c::42", .addresses = {"10.9.0.1/24"}},
      {.netns = net.gateway, .interface = far, .outside = "fd00:c::1", .addresses = {"10.9.0.2/24"}});
}

// The kernel's memory is seen: bytes queued on sockets nobody reads make the watched sum fall.
TEST_F(Harness, SeesMemoryThatIsHeldByTheKernel) {
  constexpr int kBuffer = 64 * 1024 * 1024;
  const Topology net("SeesMemoryHeldByTheKernel");
  Listener listener(net.backend, endpoint("10.77.0.2:9000"), {.receive_buffer = kBuffer});
  Socket client = connect(net.gateway, listener.at(), {.send_buffer = kBuffer});
  Socket server = listener.accept();
  MemoryWatch memory;
  const auto queued = send_until_blocked(client, Content(1), 96 * 1024 * 1024);
  EXPECT_FALSE(client.readable_within(Duration{2'000}));
  EXPECT_GT(memory.lasting_fall(), queued / 2);
}

}  // namespace
}  // namespace realpeer::testing
