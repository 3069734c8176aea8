// What is left of a gateway that was killed.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "kernel/mounts.h"
#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

// In a child: tells backends in `tree` of a client, connects, writes a byte to `ready`, and stays.
[[noreturn]] void be_a_gateway(const TestCgroup& tree, const Netns& netns, const Endpoint& client, const Endpoint& to,
                               int ready) {
  try {
    auto* gateway = new NamingGateway("killed", tree.path());  // NOLINT: only a signal ends it
    const auto connected = gateway->connect(netns, client, to);
    const bool told = gateway->outcome(connected) == kernel::NameDelivery::delivered;
    if (::write(ready, told ? "y" : "n", 1) == 1) {
      for (;;) ::pause();
    }
  } catch (const std::exception&) {
  }
  ::_exit(1);
}

TEST(PeerNames, EndWithAGatewayThatIsKilled) {
  const TestCgroup tree("killed-tree");
  const InCgroup inside(tree.path());
  const Netns netns = make_netns("killed");
  Listener listener(netns, endpoint("127.0.0.1:0"));
  const auto client = endpoint("203.0.113.42:5555");
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) be_a_gateway(tree, netns, client, listener.at(), ready[1]);
  ::close(ready[1]);

  char told = 0;
  EXPECT_EQ(::read(ready[0], &told, 1), 1);
  EXPECT_EQ(told, 'y');
  const auto accepted = accept_named(listener);
  EXPECT_EQ(accepted.name, client);
  EXPECT_EQ(accepted.socket.remote(), client);

  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(ready[0]);
  EXPECT_TRUE(eventually([&] { return accepted.socket.remote().address().is_loopback(); }, kDeadline))
      << accepted.socket.remote();
  auto plain = connect(netns, listener.at());
  EXPECT_EQ(accept_named(listener).name, plain.local());
  const auto left = "rpt-killed-" + std::to_string(child);
  ::rmdir((tree.path() + "/" + left).c_str());
  const auto mount = kernel::bpffs();
  ASSERT_TRUE(mount);
  EXPECT_TRUE(kernel::Instance::claim(*mount, left));  // takes its pins over, and away
}

}  // namespace
}  // namespace realpeer::testing
