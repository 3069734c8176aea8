// What it costs to look at a daemon that carries many connections, in namespaces of its own: /metrics, and the lists of
// connections. The cost of /metrics must not grow with them.
//
// Usage: sudo build/scrape_benchmark [CONNECTIONS]     the most of them; by default as many as descriptors allow
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "harness/daemon.h"
#include "harness/netns.h"
#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int kRounds = 21;

GatewayConfig configuration() {
  GatewayConfig config;
  config.node = unique_node();
  config.datapath = "auto";
  config.text = R"(
listeners:
  - name: in
    bind: "203.0.113.1:7000"
    accept_proxy: off
    route: { backend: app }
backends:
  app: { endpoints: ["10.77.0.2:9000"], identity: none }
admin: { bind: "127.0.0.1:9901" }
log: { access: "off" }
)";
  return config;
}

// Connections that say nothing after the first bytes.
class Idle {
 public:
  explicit Idle(const Topology& net) : net_(net), listener_(net.backend, endpoint("10.77.0.2:9000")) {}

  void grow_to(std::size_t count) {
    while (clients_.size() < count) {
      clients_.push_back(connect(net_.client, endpoint("203.0.113.1:7000")));
      clients_.back().send_all("x");
      servers_.push_back(listener_.accept());
      servers_.back().receive_exactly(1);
    }
  }

 private:
  const Topology& net_;
  Listener listener_;
  std::vector<Socket> clients_;
  std::vector<Socket> servers_;
};

std::size_t ask(const Netns& netns, const std::string& target) {
  Socket socket = connect(netns, endpoint("127.0.0.1:9901"));
  socket.send_all("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  return socket.receive_until_eof().size();
}

void measure(const Netns& netns, std::size_t connections, const std::string& target) {
  std::vector<Milliseconds> times;
  std::size_t bytes = 0;
  for (int i = 0; i < kRounds; ++i) {
    const auto begin = Clock::now();
    bytes = ask(netns, target);
    times.emplace_back(Clock::now() - begin);
  }
  std::ranges::sort(times);
  std::printf("%11zu  %-40s %8.2f %8.2f %9zu\n", connections, target.c_str(), times[kRounds / 2].count(),
              times.back().count(), bytes);
}

// Two of each process's descriptors are taken by each connection: here by its two ends, in the daemon as well.
std::size_t most_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(limit.rlim_max / 2 - 200, 25'000);
}

void run_all(std::size_t most) {
  const Topology net("scrape");
  const Daemon daemon(REALPEER_BINARY, configuration(), {.netns = &net.gateway});
  Idle idle(net);
  std::printf("%11s  %-40s %8s %8s %9s\n", "connections", "page", "median", "longest", "bytes");
  for (const std::size_t count : {std::size_t{0}, most / 10, most}) {
    idle.grow_to(count);
    for (const char* target : {"/metrics", "/listeners", "/connections", "/connections?limit=1000",
                               "/connections?q=nowhere", "/connections?q=203.0.113.99"}) {
      measure(net.gateway, count, target);
    }
  }
  std::printf("ms, of %d each, the connection included\n", kRounds);
}

}  // namespace
}  // namespace realpeer::testing

int main(int argc, char** argv) {
  try {
    const std::size_t most = realpeer::testing::most_connections();
    realpeer::testing::run_all(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : most);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
