// What a client notices of a flood of SYNs: how long it takes to connect, with admission and without, in namespaces of
// its own (veth, native XDP).
//
// The flood comes from the same machine, and on two processors takes one for itself: what is dropped is dropped on its
// time. As fast as it can it competes with client and gateway for the other one too, which the 99th percentile shows
// (it is a slice of the scheduler's then), and it gets more SYNs through where they are dropped early. So it is the
// paced lines that compare like with like. Other work on the machine shows in the 99th percentiles first: run it where
// it is quiet, or by `nice -n -15`.
//
// Usage: sudo build/admission_flood [SECONDS] [SYNS]     6 s for each line, 50,000 SYNs per second, unless told
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <limits>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/admission_status.h"
#include "harness/daemon.h"
#include "harness/netns.h"
#include "harness/proxy_v2.h"
#include "harness/syn_flood.h"
#include "harness/tcp.h"

namespace realpeer::testing {
namespace {

using Microseconds = std::chrono::duration<double, std::micro>;

const Endpoint kGateway = endpoint("203.0.113.1:7000");
constexpr std::chrono::milliseconds kBetweenClients{2};
constexpr std::uint64_t kNoFlood = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kFullRate = 0;

struct Latency {
  std::vector<Microseconds> connecting;  // until connect() returns
  std::vector<Microseconds> answered;    // until the backend's first bytes are here
  unsigned failed = 0;
};

Microseconds quantile(std::vector<Microseconds>& values, double share) {
  if (values.empty()) return Microseconds{0};
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// A backend that answers every connection, one after the other.
class Backend {
 public:
  explicit Backend(const Netns& netns) : listener_(netns, endpoint("10.77.0.2:9000")) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) answer_one();
    });
  }

 private:
  void answer_one() {
    if (!listener_.pending_within(Duration{50})) return;
    Socket connection = listener_.accept();
    try {
      read_proxy_v2(connection);
      connection.send_all("answer");
    } catch (const std::exception&) {
      // Its client has given up.
    }
  }

  Listener listener_;
  std::jthread thread_;
};

// A client each 2 ms; one that has to wait for longer delays the next.
Latency measure(const Netns& netns, Clock::duration length) {
  Latency latency;
  const auto start = Clock::now();
  for (auto due = start; due < start + length; due = std::max(due + kBetweenClients, Clock::now())) {
    std::this_thread::sleep_until(due);
    const auto before = Clock::now();
    try {
      Socket client = connect(netns, kGateway);
      latency.connecting.emplace_back(Clock::now() - before);
      client.send_all(proxy_v2(endpoint("198.51.100.7:40001"), endpoint("192.0.2.10:443")));
      client.receive_exactly(6);
      latency.answered.emplace_back(Clock::now() - before);
      client.reset();
    } catch (const std::exception&) {
      ++latency.failed;
    }
  }
  return latency;
}

struct Case {
  bool admission;
  std::uint64_t pace;  // SYNs per second
};

std::string name_of(const Case& one) {
  const std::string flood = one.pace == kNoFlood    ? "no flood"
                            : one.pace == kFullRate ? "flood, as fast as it can"
                                                    : "flood, paced";
  return flood + (one.admission ? ", admission" : ", none");
}

GatewayConfig configuration(bool admission) {
  GatewayConfig config;
  config.node = unique_node();
  config.datapath = "auto";
  config.text = R"(
listeners:
  - name: in
    bind: "203.0.113.1:7000"
    accept_proxy: strict
    trusted_cidrs: [203.0.113.42/32]
    route: { backend: app }
backends:
  app: { endpoints: ["10.77.0.2:9000"], identity: proxy-v2 }
)";
  if (admission) {
    config.text +=
        std::string("admission: { interfaces: [wan0], mode: native, denied_cidrs: [") + SynFlood::sources4 + "] }\n";
  }
  return config;
}

// Of connecting.
struct Measured {
  Microseconds median, p99;
};

// Every SYN that was sent is one that was dropped, or the figures are not of what they seem to be.
std::string dropped(Daemon& gateway, std::uint64_t sent) {
  const auto denied = admission_count(gateway, "denied", sent);
  return denied == sent ? "all" : std::to_string(denied) + " of " + std::to_string(sent);
}

Measured measure_case(const Topology& net, const SynFlood& flood, const Case& one, Clock::duration length) {
  Daemon gateway(REALPEER_BINARY, configuration(one.admission), {.netns = &net.gateway});
  std::stop_source stop;
  std::future<Flooded> flooding;
  if (one.pace != kNoFlood) {
    flooding = std::async(std::launch::async, [&] { return flood.send(kNoFlood, one.pace, stop.get_token()); });
  }
  auto latency = measure(net.client, length);
  stop.request_stop();
  const auto flooded = flooding.valid() ? flooding.get() : Flooded{};
  const Measured connecting{quantile(latency.connecting, 0.5), quantile(latency.connecting, 0.99)};
  std::printf("%-36s %8.0f %8.0f  %8.0f %8.0f  %7zu %6u  %9.0f  %s\n", name_of(one).c_str(), connecting.median.count(),
              connecting.p99.count(), quantile(latency.answered, 0.5).count(), quantile(latency.answered, 0.99).count(),
              latency.answered.size(), latency.failed, flooded.sent == 0 ? 0.0 : flooded.per_second(),
              one.admission && flooded.sent > 0 ? dropped(gateway, flooded.sent).c_str() : "");
  std::fflush(stdout);
  return connecting;
}

int measure_all(Clock::duration length, std::uint64_t pace) {
  const Topology net("admission_flood");
  route_back_to_flood(net);
  const Backend backend(net.backend);
  const SynFlood flood(net, kGateway);
  std::printf("%u processors, a client each %d ms, paced flood: %llu SYNs per second; microseconds\n",
              std::thread::hardware_concurrency(), static_cast<int>(kBetweenClients.count()),
              static_cast<unsigned long long>(pace));
  std::printf("%-36s %17s  %17s  %7s %6s  %9s  %s\n%-36s %8s %8s  %8s %8s\n", "", "connected", "answered", "clients",
              "failed", "SYNs/s", "dropped", "", "median", "p99", "median", "p99");
  for (const bool admission : {false, true}) {
    const auto quiet = measure_case(net, flood, {admission, kNoFlood}, length);
    for (const auto each : {pace, kFullRate}) {
      const auto flooded = measure_case(net, flood, {admission, each}, length);
      std::printf("%36s %7.2fx %7.2fx\n", "to that without a flood:", flooded.median / quiet.median,
                  flooded.p99 / quiet.p99);
    }
  }
  return 0;
}

}  // namespace
}  // namespace realpeer::testing

int main(int argc, char** argv) {
  try {
    const int seconds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 6;    // NOLINT(cert-err34-c)
    const int pace = argc > 2 ? std::max(1, std::atoi(argv[2])) : 50'000;  // NOLINT(cert-err34-c)
    return realpeer::testing::measure_all(std::chrono::seconds(seconds), static_cast<std::uint64_t>(pace));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "admission_flood: %s (it needs root)\n", error.what());
    return 1;
  }
}
