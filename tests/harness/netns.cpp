#include "harness/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace realpeer::testing {
namespace {

const std::filesystem::path kNamespaces = "/run/netns";
constexpr std::string_view kPrefix = "rpt-";

int open_or_throw(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "open " + path);
  return descriptor;
}

int make_namespace(const std::string& name) {
  ip_batch("netns add " + name);
  return open_or_throw(kNamespaces / name);
}

// rpt-<test>-<pid>-<role>
std::optional<pid_t> owner(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const auto role = name.rfind('-');
  const auto pid = name.rfind('-', role - 1);
  if (pid == std::string_view::npos || pid + 1 >= role) return std::nullopt;
  pid_t number = 0;
  const auto* end = name.data() + role;
  if (std::from_chars(name.data() + pid + 1, end, number).ptr != end) return std::nullopt;
  return number;
}

template <typename Visit>
void for_each_test_namespace(Visit visit) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kNamespaces, error)) {
    const auto name = entry.path().filename().string();
    if (const auto pid = owner(name)) visit(name, *pid);
  }
}

void clear_leftovers() {
  for_each_test_namespace([](const std::string& name, pid_t pid) {
    if (::kill(pid, 0) == 0 || errno != ESRCH) return;
    try {
      ip_batch("netns del " + name);
    } catch (const std::exception&) {
      // Another test program cleared it first.
    }
  });
}

std::string prefix_for(std::string_view test) {
  std::string name(kPrefix);
  for (const char c : test.substr(0, 60)) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name + "-" + std::to_string(::getpid()) + "-";
}

// No duplicate address detection: the addresses are usable as soon as the link is.
void bring_up(const std::string& device, std::initializer_list<std::string_view> addresses) {
  const auto is_v6 = [](std::string_view address) { return address.find(':') != std::string_view::npos; };
  const auto first_v6 = *std::find_if(addresses.begin(), addresses.end(), is_v6);
  std::string lines;
  for (const auto address : addresses) {
    const bool v6 = is_v6(address);
    lines.append("addr add ").append(address).append(" dev ").append(device).append(v6 ? " nodad" : "");
    // IPv4 takes its first address as source by itself; IPv6 must be told not to take the others.
    lines.append(v6 && address != first_v6 ? " preferred_lft 0\n" : "\n");
  }
  ip_batch(lines + "link set " + device + " up");
}

}  // namespace

Netns::Netns(std::string name) : name_(std::move(name)), descriptor_(make_namespace(name_)) {
  in_netns(*this, [] { ip_batch("link set lo up"); });
}

Netns::~Netns() {
  ::close(descriptor_);
  try {
    ip_batch("netns del " + name_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leftover namespace %s: %s\n", name_.c_str(), error.what());
  }
}

Inside::Inside(const Netns& netns) : home_(open_or_throw("/proc/thread-self/ns/net")) {
  if (::setns(netns.descriptor(), CLONE_NEWNET) < 0) {
    const int error = errno;
    ::close(home_);
    throw std::system_error(error, std::generic_category(), "setns " + netns.name());
  }
}

Inside::~Inside() {
  if (::setns(home_, CLONE_NEWNET) < 0) std::abort();  // every later socket would be in the wrong place
  ::close(home_);
}

void ip_batch(std::string_view lines) {
  const std::string command = "ip -batch - 2>&1 <<'END'\n" + std::string(lines) + "\nEND";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::system_error(errno, std::generic_category(), "popen ip");
  std::string said;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) said += static_cast<char>(c);
  if (::pclose(pipe) != 0) throw std::runtime_error("ip -batch: " + said + "in:\n" + std::string(lines));
}

Topology::Topology(std::string_view test)
    : client((clear_leftovers(), prefix_for(test) + "client")),
      gateway(prefix_for(test) + "gateway"),
      backend(prefix_for(test) + "backend") {
  in_netns(gateway, [&] {
    ip_batch("link add wan0 type veth peer name wan0 netns " + client.name() +
             "\nlink add lan0 type veth peer name lan0 netns " + backend.name());
  });
  in_netns(client, [] { bring_up("wan0", {"203.0.113.42/24", "203.0.113.66/24", "fd00:c::42/64", "fd00:c::66/64"}); });
  in_netns(backend, [] { bring_up("lan0", {"10.77.0.2/24", "fd00:b::2/64"}); });
  in_netns(gateway, [] {
    bring_up("wan0", {"203.0.113.1/24", "fd00:c::1/64"});
    bring_up("lan0", {"10.77.0.1/24", "fd00:b::1/64"});
    ip_batch("neigh add 10.77.0.99 lladdr 02:00:00:00:00:99 dev lan0 nud permanent");
  });
}

int processes_in(const Netns& netns) {
  struct stat wanted {};
  if (::fstat(netns.descriptor(), &wanted) < 0) throw std::system_error(errno, std::generic_category(), "fstat");
  int count = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    struct stat its {};
    if (::stat((process.path() / "ns/net").c_str(), &its) == 0 && its.st_ino == wanted.st_ino) ++count;
  }
  return count;
}

int own_namespaces() {
  int count = 0;
  for_each_test_namespace([&](const std::string&, pid_t pid) { count += pid == ::getpid() ? 1 : 0; });
  return count;
}

}  // namespace realpeer::testing
