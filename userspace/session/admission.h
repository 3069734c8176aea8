// Stage "admit": SYNs are judged by the kernel on the interfaces configured, and peers once more when they are
// accepted.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "kernel/admission.h"
#include "net/cidr_set.h"
#include "session/complaint.h"
#include "session/refusal.h"

namespace realpeer::session {

kernel::AdmissionMode mode_of(config::AdmissionMode mode);

// What the kernel judges by, from the configuration. Pure.
kernel::AdmissionRules admission_rules(const config::Config& config);

// refuse_…() and ban() from any thread, the rest from the one that made it.
class Admission {
 public:
  // Judges on every interface that is there; a mode that cannot be had on one is an error. Both arguments outlive it.
  static kernel::Result<std::unique_ptr<Admission>> start(const config::Config& config,
                                                          const kernel::Instance& instance);

  // Follows the interfaces: one that came, or came back as another one, is judged on; one that went, or cannot be
  // judged on, is waited for.
  void follow_interfaces();

  // Why nothing is taken from this peer although its SYN came through; nothing: because all is well. Bans are not of
  // peers that the listener trusts.
  [[nodiscard]] std::optional<Refusal> refuse_peer(const net::Address& peer, bool trusted) const;
  // The same of the believed client of a connection that somebody else made.
  [[nodiscard]] std::optional<Refusal> refuse_client(const net::Address& client) const;
  // Of a client that connects directly, for as long as limits.per_client.ban says. Not where its /64 is shared by many.
  void ban(const net::Address& client);

  // A line for each interface, and one of what was judged so far.
  void log_status() const;
  // Packets so far; nothing where they cannot be read.
  [[nodiscard]] std::optional<kernel::AdmissionCounters> counters() const;

 private:
  Admission(const config::Config& config, std::unique_ptr<kernel::Admission> kernel)
      : config_(config), kernel_(std::move(kernel)), denied_(config.admission.denied_cidrs) {}

  // Whether an interface that is there cannot be judged on, or is there under two names, and why.
  kernel::Result<void> attach(const std::string& interface);
  void complain(const std::string& interface, const std::string& trouble);

  const config::Config& config_;
  std::unique_ptr<kernel::Admission> kernel_;
  net::CidrSet denied_;
  std::map<std::string, std::string> troubles_;  // by interface: why it is not judged on
  Complaint full_;                               // the map of bans
};

}  // namespace realpeer::session
