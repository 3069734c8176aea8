// What this host grants the daemon: the splice, the client map, admission, or none of them, and why.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "kernel/cgroup.h"
#include "kernel/clients.h"
#include "kernel/instance.h"
#include "kernel/object.h"
#include "kernel/peer_names.h"
#include "kernel/splice_map.h"
#include "session/admission.h"

namespace realpeer::session {

// What a daemon leaves to the one that takes over, as copies of its descriptors.
struct Heritage {
  kernel::UniqueFd lock{};                         // of its instance; none where it has none
  std::map<std::string, AdmissionHeritage> links;  // of admission, by interface
};

// Owner of all kernel state of one daemon; gone with it.
class Host {
 public:
  // Does not fail for lack of privileges: then splice() or clients() is null and the reason says what is missing. Fails
  // where going on would be wrong: what was asked for by name (`datapath: sockmap`, `identity: peername`,
  // `admission`) and cannot be had, or
  // a node name that another daemon holds.
  // With the `lock` of another daemon's instance it is made beside that one's, and judges no SYN before take_over().
  static kernel::Result<Host> prepare(const config::Config& config, std::uint32_t workers, kernel::UniqueFd lock = {});

  // Takes the other daemon's place in the eyes of everybody else. Its own client map stays at the path returned; empty:
  // there is none.
  kernel::Result<std::string> take_over(std::map<std::string, AdmissionHeritage> links);
  // Another daemon has taken over. The client map is found at this path as long as this one lives.
  void hand_over(const std::string& clients_pin);
  // What take_over() of another daemon needs; -1: there is no instance.
  [[nodiscard]] int lock() const { return instance_ ? instance_->lock() : -1; }
  [[nodiscard]] std::vector<OfferedLink> links() const;

  // Admission by another configuration, which may have none. An error changes nothing.
  kernel::Result<void> reload_admission(const config::Config& config);

  [[nodiscard]] kernel::SpliceMap* splice() const { return splice_.get(); }
  [[nodiscard]] kernel::ClientMap* clients() const { return clients_.get(); }
  // Null: no backend has identity peername.
  [[nodiscard]] kernel::PeerNames* names() const { return names_.get(); }
  // Null: none has been configured so far.
  [[nodiscard]] Admission* admission() const { return admission_.get(); }
  // Why connections take the path they take, in words.
  [[nodiscard]] const std::string& splice_reason() const { return splice_reason_; }
  [[nodiscard]] const std::string& clients_reason() const { return clients_reason_; }

 private:
  kernel::Result<void> prepare_datapath(const config::Config& config, std::uint32_t workers);
  kernel::Result<void> prepare_splice(const config::Config& config);
  kernel::Result<void> claim_instance(const config::Config& config, kernel::UniqueFd lock);
  void prepare_clients(const config::Config& config);
  kernel::Result<void> prepare_names(const config::Config& config);

  std::optional<kernel::Instance> instance_;
  std::string no_instance_;  // why, where there is none
  std::optional<kernel::DaemonCgroup> cgroup_;
  std::unique_ptr<kernel::DatapathObject> object_;
  std::unique_ptr<kernel::SpliceMap> splice_;
  std::unique_ptr<kernel::ClientMap> clients_;
  std::unique_ptr<kernel::PeerNames> names_;
  std::unique_ptr<Admission> admission_;
  std::string splice_reason_;
  std::string clients_reason_;
};

}  // namespace realpeer::session
