// Stage "admit": SYNs are judged by the kernel on the interfaces configured, and peers once more when they are
// accepted.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "kernel/admission.h"
#include "net/cidr_set.h"
#include "session/refusal.h"

namespace realpeer::session {

// What the kernel judges by, from the configuration. Pure.
kernel::AdmissionRules admission_rules(const config::Config& config);

// Whether a ban on the client would hit a gateway: somebody whom a listener trusts shares its address, or its /64.
bool shares_address_with_trusted(const config::Config& config, const net::Address& client);

// refuse() and ban() from any thread, the rest from the one that made it.
class Admission {
 public:
  // Judges on every interface that is there; a mode that cannot be had on one is an error. Both arguments outlive it.
  static kernel::Result<std::unique_ptr<Admission>> start(const config::Config& config,
                                                          const kernel::Instance& instance);

  // Follows the interfaces: one that came, or came back as another one, is judged on; one that went is waited for.
  void follow_interfaces();

  // Why nothing is taken from this peer although its SYN came through; nothing: because all is well.
  [[nodiscard]] std::optional<Refusal> refuse(const net::Address& peer) const;
  // Of a believed client that connects directly. Not of one that shares its address with a gateway.
  void ban(const net::Address& client) const;

  // A line for each interface, and one of what was judged so far.
  void log_status() const;

 private:
  Admission(const config::Config& config, std::unique_ptr<kernel::Admission> kernel)
      : config_(config), kernel_(std::move(kernel)), denied_(config.admission.denied_cidrs) {}

  kernel::Result<void> attach(const std::string& interface);

  const config::Config& config_;
  std::unique_ptr<kernel::Admission> kernel_;
  net::CidrSet denied_;
  std::vector<std::string> complained_;  // interfaces whose trouble is in the log
};

}  // namespace realpeer::session
