// Network namespaces of a test's own, and the topology every end-to-end test runs in.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace realpeer::testing {

// A named namespace under /run/netns, with lo up; deleted with its owner.
class Netns {
 public:
  explicit Netns(std::string name);
  ~Netns();
  Netns(const Netns&) = delete;
  Netns& operator=(const Netns&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  std::string name_;
  int descriptor_;
};

// Moves the calling thread into a namespace and back. A socket stays in the namespace it was made in.
// setns() on the network namespace alone: mounts (bpffs, cgroup2) stay visible, unlike under `ip netns exec`.
class Inside {
 public:
  explicit Inside(const Netns& netns);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int home_;
};

template <typename Function>
auto in_netns(const Netns& netns, Function function) {
  const Inside inside(netns);
  return function();
}

// Lines for `ip -batch` in the calling thread's namespace; throws with ip's own message when one fails.
void ip_batch(std::string_view lines);

// client 203.0.113.42, .66 / fd00:c::42, ::66 — gateway .1 | 10.77.0.1 / fd00:b::1 — backend 10.77.0.2 / fd00:b::2
//
// 10.77.0.99 is a black hole: its neighbour entry names nobody, so a SYN to it is never answered.
class Topology {
 public:
  // `test` goes into the namespaces' names, beside the pid. Leftovers of dead test processes are cleared first.
  explicit Topology(std::string_view test);

  Netns client;
  Netns gateway;
  Netns backend;
};

// How many processes run in it.
int processes_in(const Netns& netns);

// How many namespaces of this process there are.
int own_namespaces();

}  // namespace realpeer::testing
