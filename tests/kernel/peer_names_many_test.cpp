// Many names: at once, one after another, and with every tuple used again.
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "harness/parallel.h"
#include "harness/process.h"
#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

using kernel::NameDelivery;

// Every client has an address and a port of its own.
Endpoint client_number(std::uint32_t number) {
  return {boost::asio::ip::address_v4((10U << 24) + number), static_cast<std::uint16_t>(1 + number % 65'535)};
}

std::string bytes_of(std::uint32_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::uint32_t number_in(const std::string& bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

class ManyNames : public Naming {
 protected:
  void SetUp() override {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    // Behind the fixture's gateway, which stays idle: one with more room.
    many.emplace("many", tree.path(), 4096);
  }
  void TearDown() override {
    EXPECT_TRUE(eventually([&] { return many->entries() == 0; }, kDeadline)) << many->entries() << " are left";
    many.reset();
    Naming::TearDown();
  }

  std::optional<NamingGateway> many;
};

TEST_F(ManyNames, AtOnceAreEachOnesOwn) {
  constexpr std::uint32_t clients = 2000;
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto to = listener.at();
  std::vector<Socket> sockets;
  for (std::uint32_t i = 0; i < clients; ++i) {
    sockets.push_back(many->socket(netns, to));
    ASSERT_EQ(::fcntl(sockets.back().descriptor(), F_SETFL, O_NONBLOCK), 0);
  }
  for (std::uint32_t i = 0; i < clients; ++i) {
    auto& socket = sockets[i];
    ASSERT_TRUE(many->clients().expect(socket.descriptor(), named(client_number(i))));
    const int failed = ::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size()));
    ASSERT_TRUE(failed == 0 || errno == EINPROGRESS) << std::strerror(errno);
  }
  for (std::uint32_t i = 0; i < clients; ++i) sockets[i].send_all(bytes_of(i));
  std::vector<Socket> accepted;
  for (std::uint32_t i = 0; i < clients; ++i) {
    auto one = accept_named(listener);
    const auto number = number_in(one.socket.receive_exactly(4));
    ASSERT_EQ(one.name, client_number(number));
    ASSERT_EQ(one.socket.remote(), client_number(number));
    accepted.push_back(std::move(one.socket));
  }
  for (const auto& socket : sockets) ASSERT_EQ(many->outcome(socket), NameDelivery::delivered);
  EXPECT_EQ(many->in_flight(), 0U);
}

// Connections that end by reset, so that ports can be had again at once.
TEST_F(ManyNames, OneHundredThousandOfThemAreNeverMixedUp) {
  constexpr std::uint32_t connections = 100'000;
  constexpr unsigned pairs = 2;
  std::atomic<std::uint32_t> next = 0;
  std::atomic<std::uint32_t> right = 0;
  on_threads(pairs, [&] {
    Listener listener(netns, endpoint("127.0.0.1:0"));
    const auto to = listener.at();
    const Inside there(netns);
    for (std::uint32_t number = next++; number < connections; number = next++) {
      auto connected = many->connect(netns, client_number(number), to);
      const auto at_once = many->delivery(connected);
      ASSERT_TRUE(at_once == NameDelivery::delivered || at_once == NameDelivery::under_way) << to_string(at_once);
      auto accepted = accept_named(listener);
      ASSERT_EQ(accepted.name, client_number(number));
      ASSERT_EQ(accepted.socket.remote(), client_number(number));
      ASSERT_EQ(many->delivery(connected), NameDelivery::delivered);
      connected.reset();
      ++right;
    }
  });
  EXPECT_EQ(right, connections);
  EXPECT_EQ(many->counters()[REALPEER_NAMES_DELIVERED], connections);
}

TEST_F(ManyNames, OnATupleThatIsUsedAgainAreTheNewClients) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto from = endpoint("127.0.0.1:40127");
  for (std::uint32_t number = 0; number < 500; ++number) {
    auto connected = many->connect(netns, client_number(number), listener.at(), from);
    auto accepted = accept_named(listener);
    ASSERT_EQ(accepted.name, client_number(number));
    // The backend closes first, and is the one to keep the tuple in TIME_WAIT.
    accepted.socket.close();
    ASSERT_EQ(connected.receive_until_eof(), "");
    connected.close();
    ASSERT_TRUE(eventually([&] { return many->entries() == 0; }, kDeadline));
  }
}

// The gateway's own end in TIME_WAIT, whose tuple the kernel gives to the next connection (net.ipv4.tcp_tw_reuse).
TEST_F(ManyNames, OnATupleInTimeWaitAreTheNewClients) {
  in_netns(netns, [] {
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40200 40203";
    std::ofstream("/proc/sys/net/ipv4/tcp_tw_reuse") << "1";
    std::ofstream("/proc/sys/net/ipv4/tcp_tw_reuse_delay") << "1";  // ms; where the kernel has it
  });
  Listener listener(netns, endpoint("127.0.0.1:0"));
  for (std::uint32_t number = 0; number < 40; ++number) {
    std::optional<Socket> connected;
    ASSERT_TRUE(eventually(
        [&] {
          try {
            connected.emplace(many->connect(netns, client_number(number), listener.at()));
            return true;
          } catch (const std::system_error&) {
            return false;  // every port rests for up to a second
          }
        },
        kDeadline));
    auto accepted = accept_named(listener);
    ASSERT_EQ(accepted.name, client_number(number));
    connected->close();
    ASSERT_EQ(accepted.socket.receive_until_eof(), "");
  }
}

// Handshakes on whichever processor their flow's hash says (Documentation/networking/scaling.rst, RPS), so that they go
// on while connect() has returned.
void spread_over_processors(const Netns& netns) {
  const TemporaryDirectory sysfs;
  const std::string at = sysfs.path();
  std::ostringstream mask;
  mask << std::hex << (1U << std::min(std::thread::hardware_concurrency(), 16U)) - 1;
  const auto done =
      run({"/usr/bin/unshare", "--mount", "/bin/sh", "-c",
           "mount -t sysfs sysfs " + at + " && echo " + mask.str() + " > " + at + "/class/net/lo/queues/rx-0/rps_cpus"},
          {.netns = &netns});
  if (done.code != 0) throw std::runtime_error(done.errors);
}

// The destination address has the number, and is the one thing that a backend knows of a connection without its name
// or its bytes.
TEST_F(ManyNames, OfConnectionsThatEndWhileTheyAreEstablishedAreTheirOwnOrNobodys) {
  constexpr std::uint32_t connections = 30'000;
  spread_over_processors(netns);
  Listener listener(netns, endpoint("0.0.0.0:7000"));
  std::atomic<bool> done = false;
  std::uint32_t told = 0;
  const auto accept_all = [&] {
    while (listener.pending_within(Duration{done ? 0 : 10}) || !done) {
      if (!listener.pending_within(Duration{0})) continue;
      auto accepted = accept_named(listener);
      const auto number = accepted.socket.local().address().to_v4().to_uint() & 0xffffU;
      if (accepted.name.address().is_loopback()) continue;
      ++told;
      ASSERT_EQ(accepted.name, client_number(number));
    }
  };
  const auto connect_and_abort = [&] {
    const Inside there(netns);
    for (std::uint32_t number = 1; number <= connections; ++number) {
      auto socket = many->socket(netns, listener.at());
      ASSERT_EQ(::fcntl(socket.descriptor(), F_SETFL, O_NONBLOCK), 0);
      ASSERT_TRUE(many->clients().expect(socket.descriptor(), named(client_number(number))));
      const Endpoint to(boost::asio::ip::address_v4((127U << 24) + number), 7000);
      ::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size()));
      // Sooner, later, or a little later still.
      for (std::uint32_t turns = 0; turns < number % 16; ++turns) static_cast<void>(many->delivery(socket));
      socket.reset();
    }
    done = true;
  };
  at_once({accept_all, connect_and_abort});
  ASSERT_TRUE(eventually([&] { return many->entries() == 0; }, kDeadline));
  const auto counters = many->counters();
  EXPECT_EQ(counters[REALPEER_NAMES_ASKED], connections);
  EXPECT_EQ(counters[REALPEER_NAMES_DELIVERED] + counters[REALPEER_NAMES_UNDELIVERED], connections);
  RecordProperty("delivered", static_cast<int>(counters[REALPEER_NAMES_DELIVERED]));
  RecordProperty("told", static_cast<int>(told));
}

TEST_F(ManyNames, WithPlainConnectionsBetweenThemAreOnlyTheirOwn) {
  Listener listener(netns, endpoint("127.0.0.1:0"));
  for (std::uint32_t number = 0; number < 500; ++number) {
    auto plain = connect(netns, listener.at());
    auto told = many->connect(netns, client_number(number), listener.at());
    ASSERT_EQ(accept_named(listener).name, plain.local());
    ASSERT_EQ(accept_named(listener).name, client_number(number));
  }
}

}  // namespace
}  // namespace realpeer::testing
