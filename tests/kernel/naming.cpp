#include "kernel/naming.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "kernel/engaged.h"
#include "kernel/mounts.h"

namespace realpeer::testing {
namespace {

template <typename T>
T must(kernel::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

std::string own_name(const std::string& role) { return "rpt-" + role + "-" + std::to_string(::getpid()); }

}  // namespace

NamingGateway::NamingGateway(const std::string& role, const std::string& backends, std::uint32_t connections)
    : object_(must(kernel::DatapathObject::load(
          {.connections = connections, .workers = 1, .splice_credit = 1 << 20, .names = connections}))),
      instance_(must(kernel::Instance::claim(must(kernel::bpffs()), own_name(role)))),
      cgroup_(must(kernel::DaemonCgroup::enter(own_name(role)))),
      clients_(must(kernel::ClientMap::attach(*object_, *cgroup_, *instance_))),
      names_(must(kernel::PeerNames::attach(*object_, backends))) {}

Socket NamingGateway::socket(const Netns& netns, const Endpoint& kin, const std::optional<Endpoint>& from) {
  const int family = kin.address().is_v6() ? AF_INET6 : AF_INET;
  Socket socket(in_netns(netns, [&] { return ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  const int yes = 1;
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (from && ::bind(socket.descriptor(), from->data(), static_cast<socklen_t>(from->size())) != 0) fail("bind");
  return socket;
}

void NamingGateway::connect(Socket& socket, const Endpoint& client, const Endpoint& to) {
  if (!clients_->expect(socket.descriptor(), named(client))) throw std::runtime_error("no room in pending");
  const timeval patience{kDeadline.count() / 1000, 0};
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int failed = ::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size()));
  const int error = errno;
  clients_->forget(socket.descriptor());
  errno = error;
  if (failed != 0) fail("connect");
}

Socket NamingGateway::connect(const Netns& netns, const Endpoint& client, const Endpoint& to,
                              const std::optional<Endpoint>& from) {
  Socket made = socket(netns, to, from);
  connect(made, client, to);
  return made;
}

kernel::NameDelivery NamingGateway::delivery(const Socket& socket) const {
  return names_->delivery(socket.descriptor());
}

kernel::NameDelivery NamingGateway::outcome(const Socket& socket) const {
  eventually([&] { return delivery(socket) != kernel::NameDelivery::under_way; }, kDeadline);
  return delivery(socket);
}

kernel::NameCounters NamingGateway::counters() const { return must(names_->counters()); }

std::size_t NamingGateway::in_flight() const { return test::entries(object_->in_flight()); }

std::size_t NamingGateway::entries() const {
  return test::entries(object_->pending()) + test::entries(object_->clients()) + in_flight();
}

realpeer_client named(const Endpoint& client) {
  auto value = kernel::make_client(client, endpoint("10.0.0.9:77"), REALPEER_SOURCE_PROXY_V2, true);
  value.by_peername = 1;
  return value;
}

Accepted accept_named(int listener) {
  pollfd poll{listener, POLLIN, 0};
  if (::poll(&poll, 1, static_cast<int>(kDeadline.count())) <= 0) throw std::runtime_error("nobody connected");
  Endpoint name;
  auto size = static_cast<socklen_t>(name.capacity());
  Socket accepted(::accept4(listener, name.data(), &size, SOCK_CLOEXEC));
  name.resize(size);
  return {std::move(accepted), name};
}

Accepted accept_named(Listener& listener) { return accept_named(listener.descriptor()); }

void Naming::TearDown() {
  EXPECT_TRUE(eventually([&] { return gateway.entries() == 0; }, kDeadline))
      << gateway.entries() << " entries are left";
  const auto counters = gateway.counters();
  EXPECT_EQ(counters[REALPEER_NAMES_ASKED], counters[REALPEER_NAMES_DELIVERED] + counters[REALPEER_NAMES_UNDELIVERED]);
}

}  // namespace realpeer::testing
