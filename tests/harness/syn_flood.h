// SYNs by the hundred thousand, from sources that answer nothing: frames put on the wire as they are.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "harness/netns.h"
#include "harness/packets.h"
#include "harness/tcp.h"
#include "harness/wait.h"

namespace realpeer::testing {

struct Flooded {
  std::uint64_t sent = 0;  // what the device took; it is tried again with what it had no room for
  Clock::duration took{0};

  [[nodiscard]] double per_second() const {
    return static_cast<double>(sent) / std::chrono::duration<double>(took).count();
  }
};

// From the topology's client to the gateway's `to`, by 65,536 sources in turn, each with a port of its own.
class SynFlood {
 public:
  // Where the sources are, as networks for a configuration: what RFC 2544 and RFC 5180 set aside for benchmarks.
  static constexpr const char* sources4 = "198.18.0.0/16";
  static constexpr const char* sources6 = "2001:2::/48";

  SynFlood(const Topology& topology, const Endpoint& to);

  // Whether an address is one of the sources, of either family.
  static bool is_source(const boost::asio::ip::address& address);

  // `count` SYNs at this pace; 0 is as fast as the device takes them. Ends early when asked to; throws when the device
  // takes nothing for a while.
  [[nodiscard]] Flooded send(std::uint64_t count, std::uint64_t per_second, const std::stop_token& stop = {}) const;

 private:
  const Topology& topology_;
  std::vector<Bytes> frames_;
};

// Lets the gateway answer the sources, by way of the client, as it would those of an uplink: without a route back no
// SYN of theirs comes to anything, admission or not.
void route_back_to_flood(const Topology& topology);

}  // namespace realpeer::testing
