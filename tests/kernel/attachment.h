// What the tests of attaching stand on: an interface of a gateway's, its other end, and programs of others.
#pragma once

#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/netns.h"
#include "harness/packets.h"
#include "harness/tcp.h"
#include "harness/wait.h"
#include "kernel/admission.h"
#include "kernel/fd.h"

namespace realpeer::test {

inline constexpr const char* gateway = "203.0.113.1";
inline constexpr testing::Duration soon{10'000};

// Throws when it cannot be had.
std::unique_ptr<kernel::AdmissionObject> load_admission();

// A program of somebody else's that does nothing but give this verdict.
kernel::UniqueFd foreign_program(bpf_prog_type type, const char* name, int verdict);

// The gateway's wan0, a veth whose other end is the client's, with a listener on port 443 behind it.
class AdmissionAttach : public ::testing::Test {
 protected:
  AdmissionAttach();

  void apply(const std::vector<std::string>& denied) const;
  [[nodiscard]] kernel::Result<kernel::AdmissionLink> attach(kernel::AdmissionMode mode,
                                                             const std::string& instance = "rpt-attach") const {
    return kernel::AdmissionLink::attach(*object_, "wan0", mode, instance);
  }
  [[nodiscard]] std::uint64_t counted(realpeer_admission admission) const { return counted(*object_, admission); }
  static std::uint64_t counted(const kernel::AdmissionObject& object, realpeer_admission admission) {
    return kernel::read_counters(object)->at(admission);
  }
  void send_syn() const { (void)testing::connect(topology_.client, testing::endpoint("203.0.113.1:443")); }
  // What is foreseen of the interface; where the kernel is too old to tell, what in fact is taken.
  [[nodiscard]] std::string foreseen(const std::string& name) const;
  // Puts a frame on the wire as it is, from the client's end.
  void send_frame(const testing::Packet& composed) const;
  // Whether SYNs are judged: what the client sends to connect is admitted, or dropped when it is denied.
  void expect_judging() const;
  void expect_nothing_attached() const;

  testing::Topology topology_;
  testing::Listener listener_;
  testing::Inside inside_;
  std::unique_ptr<kernel::AdmissionObject> object_;
};

// A process that attaches, says so, and is killed.
class Doomed {
 public:
  explicit Doomed(const std::function<bool()>& attach);
  Doomed(const Doomed&) = delete;
  Doomed& operator=(const Doomed&) = delete;
  ~Doomed() { kill(); }

  [[nodiscard]] bool attached() const { return attached_; }
  void kill();

 private:
  pid_t pid_ = -1;
  bool attached_ = false;
};

}  // namespace realpeer::test
