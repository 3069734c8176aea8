// The admission programs, given packets one by one (BPF_PROG_TEST_RUN) in a network namespace of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "harness/netns.h"
#include "harness/packets.h"
#include "kernel/admission.h"

namespace realpeer::test {

enum class Hook : std::uint8_t { xdp, tc, tc_l3 };
std::ostream& operator<<(std::ostream& out, Hook hook);

// Rules as in a configuration: rules({listener("0.0.0.0:443", {"10.0.0.0/8"})}).
kernel::AdmissionListener listener(const std::string& bind, const std::vector<std::string>& trusted = {});
kernel::AdmissionListener strict(const std::string& bind, const std::vector<std::string>& trusted);
std::vector<net::Cidr> networks(const std::vector<std::string>& texts);

class Judge {
 public:
  // Enters a namespace that has no routes: every address is for this host.
  Judge();
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;
  ~Judge() = default;

  void apply(const kernel::AdmissionRules& rules) const;

  // The counter that moved by one, as "admitted", or "passed" when none did. Throws when more than one moved, or the
  // program dropped what its counter says was passed, or the reverse.
  [[nodiscard]] std::string verdict(Hook hook, const testing::Bytes& packet) const;
  // Runs without a look at the outcome.
  void run(Hook hook, const testing::Bytes& packet, int times = 1) const { (void)test_run(hook, packet, times); }
  // What one run of `times` takes in ns on average, by the kernel's own clock.
  [[nodiscard]] std::uint32_t cost(Hook hook, const testing::Bytes& packet, int times) const {
    return test_run(hook, packet, times).nanoseconds;
  }

  [[nodiscard]] kernel::AdmissionCounters counters() const;
  [[nodiscard]] const kernel::AdmissionObject& object() const { return *object_; }
  [[nodiscard]] kernel::Bans bans() const;

 private:
  struct TestRun {
    bool dropped;               // the last time
    std::uint32_t nanoseconds;  // on average
  };

  [[nodiscard]] int program(Hook hook) const;
  [[nodiscard]] TestRun test_run(Hook hook, const testing::Bytes& packet, int times) const;

  testing::Netns netns_;
  testing::Inside inside_;
  std::unique_ptr<kernel::AdmissionObject> object_;
};

}  // namespace realpeer::test
