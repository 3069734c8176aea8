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
#include "session/complaint.h"
#include "session/refusal.h"

namespace realpeer::session {

kernel::AdmissionMode mode_of(config::AdmissionMode mode);

// What the kernel judges by, from the configuration. Pure.
kernel::AdmissionRules admission_rules(const config::Config& config);

// An attachment to an interface that another daemon is to take over, or has left to this one.
struct OfferedLink {
  std::string interface;
  int descriptor = -1;
  kernel::AdmissionMode mode = kernel::AdmissionMode::automatic;
  std::string reason;
};
struct AdmissionHeritage {
  kernel::UniqueFd link;
  kernel::AdmissionMode mode = kernel::AdmissionMode::automatic;
  std::string reason;
};

// refuse_client() and ban() from any thread, the rest from the one that made it.
class Admission {
 public:
  // Judges on every interface that is there; a mode that cannot be had on one is an error. The instance outlives it.
  // Beside another daemon's instance it judges nowhere before take_over().
  static kernel::Result<std::unique_ptr<Admission>> start(const config::Config& config,
                                                          const kernel::Instance& instance);

  // Judges by another configuration, which may name other interfaces, or none. An error changes nothing.
  kernel::Result<void> reload(const config::Config& config);

  // Judges on every interface, where another daemon did in its place.
  void take_over(std::map<std::string, AdmissionHeritage> links);
  // Judges nowhere any more: another daemon does.
  void hand_over();
  // Those that have a descriptor; others are taken over without.
  [[nodiscard]] std::vector<OfferedLink> offered() const;

  // Follows the interfaces: one that came, or came back as another one, is judged on; one that went, or cannot be
  // judged on, is waited for.
  void follow_interfaces();

  // Why nothing is taken from this client although its SYN came through, or came from somebody else: it is banned.
  // Nothing: because all is well.
  [[nodiscard]] std::optional<Refusal> refuse_client(const net::Address& client) const;
  // Of a client that connects directly. Not where its /64 is shared by many.
  void ban(const net::Address& client, std::chrono::milliseconds duration);

  // A line for each interface, and one of what was judged so far.
  void log_status() const;
  // Packets so far; nothing where they cannot be read.
  [[nodiscard]] std::optional<kernel::AdmissionCounters> counters() const;

 private:
  explicit Admission(std::unique_ptr<kernel::Admission> kernel) : kernel_(std::move(kernel)) {}

  kernel::Result<void> attach_all(const config::Admission& settings);
  void keep_only(const std::vector<std::string>& interfaces);
  // Whether an interface that is there cannot be judged on, or is there under two names, and why.
  kernel::Result<void> attach(const std::string& interface, kernel::AdmissionMode mode);
  void complain(const std::string& interface, const std::string& trouble);

  std::unique_ptr<kernel::Admission> kernel_;
  config::Admission settings_;
  kernel::AdmissionRules rules_;                 // that are in force
  std::map<std::string, std::string> troubles_;  // by interface: why it is not judged on
  Complaint full_;                               // the map of bans
};

}  // namespace realpeer::session
