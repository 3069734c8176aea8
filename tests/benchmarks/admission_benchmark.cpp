// What admission costs a packet, by verdict: the programs alone (BPF_PROG_TEST_RUN), without a driver around them.
//
// Usage: sudo build/admission_benchmark [PACKETS]     best of five runs, of a million packets each unless told
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "kernel/judge.h"

namespace realpeer::test {
namespace {

using testing::Bytes;
using testing::packet;

constexpr const char* host = "10.0.0.1";
constexpr const char* host6 = "fd00::1";

struct Case {
  std::string what;
  Bytes bytes;
};

Bytes syn(const std::string& from, std::uint16_t port) {
  auto composed = packet().ethernet();
  if (from.find(':') == std::string::npos) return composed.ipv4(from, host).tcp(port).syn().bytes();
  return composed.ipv6(from, host6).tcp(port).syn().bytes();
}

// 10.0.0.0/24 and so on, `count` of them, and as many of IPv6.
std::vector<net::Cidr> many(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".0/24");
    texts.push_back("2001:db8:" + std::to_string(i % 1000) + ":" + std::to_string(i / 1000) + "::/64");
  }
  return networks(texts);
}

void measure(const Judge& judge, const std::string& heading, const std::vector<Case>& cases, int packets) {
  std::printf("\n%-58s %9s %9s\n", heading.c_str(), "XDP ns", "TC ns");
  for (const auto& [what, bytes] : cases) {
    std::printf("  %-56s", (what + ": " + judge.verdict(Hook::xdp, bytes)).c_str());
    for (const auto hook : {Hook::xdp, Hook::tc}) {
      std::uint32_t best = std::numeric_limits<std::uint32_t>::max();
      for (int round = 0; round < 5; ++round) best = std::min(best, judge.cost(hook, bytes, packets));
      std::printf(" %9u", best);
    }
    std::printf("\n");
  }
}

void measure_all(int packets) {
  const Judge judge;
  const kernel::SynRate generous{.interval = std::chrono::nanoseconds(1), .burst = 1'000'000'000};
  const kernel::SynRate mean{.interval = std::chrono::seconds(1), .burst = 1};
  const std::vector<Case> others{
      {"IPv4 UDP", packet().ethernet().ipv4("10.1.2.3", host).udp(443).bytes()},
      {"IPv4 TCP ACK", packet().ethernet().ipv4("10.1.2.3", host).tcp(443).ack().bytes()},
      {"IPv6 TCP ACK", packet().ethernet().ipv6("2001:db8::1", host6).tcp(443).ack().bytes()},
      {"IPv6 TCP ACK behind two tags and three headers", packet()
                                                             .ethernet()
                                                             .vlan(7, 0x88a8)
                                                             .vlan(100)
                                                             .ipv6("2001:db8::1", host6)
                                                             .hop_by_hop()
                                                             .routing(2)
                                                             .destination_options()
                                                             .tcp(443)
                                                             .ack()
                                                             .bytes()}};
  const std::vector<Case> syns{{"IPv4 SYN to another port", syn("203.0.113.9", 80)},
                               {"IPv4 SYN, trusted", syn("10.0.2.3", 443)},
                               {"IPv6 SYN, trusted", syn("2001:db8:3::1", 443)},
                               {"IPv4 SYN, untrusted", syn("10.200.0.9", 443)},
                               {"IPv4 SYN, denied", syn("198.51.100.9", 443)},
                               {"IPv4 SYN, banned", syn("192.0.2.66", 443)},
                               {"IPv4 SYN, within its rate", syn("203.0.113.9", 444)},
                               {"IPv6 SYN, within its rate", syn("2001:db8:ffff::1", 444)}};
  const auto rules = [&](std::string any4, std::string any6, int networks_in_list, kernel::SynRate rate) {
    kernel::AdmissionRules made{.denied = networks({"198.51.100.0/24"}), .syn_rate = rate};
    for (const auto& address : {std::move(any4), std::move(any6)}) {
      if (address.empty()) continue;
      made.listeners.push_back(strict(address + ":443", {}));
      made.listeners.back().trusted = many(networks_in_list);
      made.listeners.push_back(listener(address + ":444"));
    }
    return made;
  };
  if (!judge.bans().add(boost::asio::ip::make_address("192.0.2.66"), kernel::Bans::for_good, REALPEER_BAN_OPERATOR))
    return;

  judge.apply(rules("[::]", "", 5000, generous));
  measure(judge, "no SYN", others, packets);
  judge.apply(rules(host, std::string("[") + host6 + "]", 5, generous));
  measure(judge, "listeners on addresses, 10 networks in each list", syns, packets);
  judge.apply(rules(host, std::string("[") + host6 + "]", 5000, generous));
  measure(judge, "listeners on addresses, 10,000 networks in each list", syns, packets);
  judge.apply(rules("[::]", "", 5000, generous));
  measure(judge, "listeners on [::], 10,000 networks", syns, packets);
  judge.apply(rules("[::]", "", 5000, mean));
  judge.run(Hook::xdp, syn("203.0.113.77", 444));
  measure(judge, "the same, over the rate", {{"IPv4 SYN, over its rate", syn("203.0.113.77", 444)}}, packets);

  testing::ip_batch("link add d0 type veth peer name d1\naddr add 10.0.0.1/24 dev d0\nlink set d0 up\nlink set d1 up");
  if (std::system("echo 1 > /proc/sys/net/ipv4/ip_forward") != 0) return;  // NOLINT(cert-env33-c)
  judge.apply(rules("[::]", "", 5000, generous));
  measure(judge, "the same on a host that forwards",
          {{"IPv4 SYN, within its rate", syn("203.0.113.9", 444)},
           {"IPv4 SYN to another host", packet().ethernet().ipv4("203.0.113.9", "10.0.0.7").tcp(444).syn().bytes()}},
          packets);
}

}  // namespace
}  // namespace realpeer::test

int main(int argc, char** argv) {
  try {
    realpeer::test::measure_all(argc > 1 ? std::max(1, std::atoi(argv[1])) : 1'000'000);  // NOLINT(cert-err34-c)
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "admission_benchmark: %s (it needs root)\n", error.what());
    return 1;
  }
}
