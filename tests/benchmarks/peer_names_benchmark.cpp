// What `identity: peername` costs: ns per run of each program, ns per connection over loopback, and memory of its maps.
// Needs root; makes a namespace and a cgroup of its own.
#include <bpf/bpf.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "kernel/naming.h"

namespace realpeer::testing {
namespace {

constexpr int kConnections = 20'000;
constexpr int kRounds = 5;

double nanoseconds_each(Clock::time_point since, int times) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - since).count()) /
         times;
}

// One connection after the other, reset; ns each.
double connect_all(NamingGateway& gateway, const Netns& netns, Listener& listener, bool announced, bool by_peername) {
  const Inside inside(netns);
  const auto to = listener.at();
  auto client = named(endpoint("203.0.113.42:5555"));
  client.by_peername = by_peername ? 1 : 0;
  const auto began = Clock::now();
  for (int i = 0; i < kConnections; ++i) {
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (announced) gateway.clients().expect(socket.descriptor(), client);
    if (::connect(socket.descriptor(), to.data(), static_cast<socklen_t>(to.size())) != 0)
      throw std::runtime_error("connect");
    if (announced) gateway.clients().forget(socket.descriptor());
    accept_named(listener);
    socket.reset();
  }
  return nanoseconds_each(began, kConnections);
}

double best_of(const std::function<double()>& measure) {
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < kRounds; ++round) best = std::min(best, measure());
  return best;
}

struct Run {
  std::uint64_t count = 0;
  std::uint64_t nanoseconds = 0;
};

// By name, of the programs that this process has loaded last.
Run runs_of(const std::string& name) {
  Run run;
  for (std::uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
    const kernel::UniqueFd program(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    std::uint32_t length = sizeof(info);
    if (!program.valid() || bpf_obj_get_info_by_fd(program.get(), &info, &length) != 0 || info.name != name) continue;
    run = {info.run_cnt, info.run_time_ns};
  }
  return run;
}

void report_programs(NamingGateway& gateway, const Netns& netns, Listener& listener) {
  const kernel::UniqueFd counting(bpf_enable_stats(BPF_STATS_RUN_TIME));
  for (const bool by_peername : {false, true}) {
    const std::vector<std::string> programs{"record_client", "take_name", "tell_name_ipv4"};
    std::vector<Run> before;
    for (const auto& program : programs) before.push_back(runs_of(program));
    connect_all(gateway, netns, listener, true, by_peername);
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const auto after = runs_of(programs[i]);
      const auto count = after.count - before[i].count;
      std::printf("%-15s %s  %.1f runs and %.0f ns per connection\n", programs[i].c_str(),
                  by_peername ? "named   " : "recorded", static_cast<double>(count) / kConnections,
                  static_cast<double>(after.nanoseconds - before[i].nanoseconds) / kConnections);
    }
  }
}

void report_delivery(NamingGateway& gateway, const Netns& netns, Listener& listener) {
  auto connected = gateway.connect(netns, endpoint("203.0.113.42:5555"), listener.at());
  const auto accepted = accept_named(listener);
  constexpr int times = 200'000;
  const double delivery = best_of([&] {
    const auto began = Clock::now();
    for (int i = 0; i < times; ++i) static_cast<void>(gateway.delivery(connected));
    return nanoseconds_each(began, times);
  });
  const double told = best_of([&] {
    const auto began = Clock::now();
    for (int i = 0; i < times; ++i) static_cast<void>(accepted.socket.remote());
    return nanoseconds_each(began, times);
  });
  const double plain = best_of([&] {
    const auto began = Clock::now();
    for (int i = 0; i < times; ++i) static_cast<void>(accepted.socket.local());
    return nanoseconds_each(began, times);
  });
  std::printf("delivery() %.0f ns; getpeername() with a name %.0f ns, getsockname() beside it %.0f ns\n", delivery,
              told, plain);
}

void report_memory() {
  const auto object =
      kernel::DatapathObject::load({.connections = 100'000, .workers = 1, .splice_credit = 1, .names = 100'000});
  if (!object) throw std::runtime_error(object.error().text);
  std::ifstream info("/proc/self/fdinfo/" + std::to_string((*object)->in_flight()));
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("memlock")) std::printf("in_flight, empty, for 100,000 names: %s\n", line.c_str());
  }
}

int benchmark() {
  const TestCgroup tree("benchmark");
  const InCgroup inside(tree.path());
  const Netns netns = make_netns("benchmark");
  Listener listener(netns, endpoint("127.0.0.1:0"));
  NamingGateway gateway("benchmark-gateway", tree.path(), 4096);
  const auto per_connection = [&](bool announced, bool by_peername) {
    return best_of([&] { return connect_all(gateway, netns, listener, announced, by_peername); });
  };
  std::printf("connection: not announced %.0f ns, recorded %.0f ns, recorded and named %.0f ns\n",
              per_connection(false, false), per_connection(true, false), per_connection(true, true));
  report_programs(gateway, netns, listener);
  report_delivery(gateway, netns, listener);
  report_memory();
  return 0;
}

}  // namespace
}  // namespace realpeer::testing

int main() {
  try {
    return realpeer::testing::benchmark();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
