// What admission judges by, and how it gets into the kernel: all of it at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernel/admission_object.h"
#include "kernel/result.h"
#include "net/address.h"

namespace realpeer::kernel {

struct AdmissionListener {
  net::Endpoint bind;                // [::] takes IPv4 too, 0.0.0.0 does not take IPv6
  bool drop_untrusted = false;       // refuse sources outside `trusted` before a socket exists
  std::vector<net::Cidr> trusted{};  // exempt from the SYN rate; may be empty unless drop_untrusted
};

struct SynRate {
  std::chrono::nanoseconds interval{0};  // from one SYN to the next, at least 1 ns
  std::uint32_t burst = 0;               // SYNs at once, at least 1
};

struct AdmissionRules {
  std::vector<AdmissionListener> listeners{};
  std::vector<net::Cidr> denied{};    // by every listener
  std::optional<SynRate> syn_rate{};  // per source: IPv4 address or IPv6 /64
};

// Makes the rules hold, from one packet to the next; when it fails, the former ones go on. Takes three grace periods of
// RCU, together 10 to 100 ms. One caller at a time.
Result<void> apply(const AdmissionObject& object, const AdmissionRules& rules);

}  // namespace realpeer::kernel
