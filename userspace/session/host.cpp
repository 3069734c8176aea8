#include "session/host.h"

#include "datapath/self_test.h"
#include "kernel/mounts.h"

namespace realpeer::session {

kernel::Result<Host> Host::prepare(const config::Config& config, std::uint32_t workers, kernel::UniqueFd lock) {
  Host host;
  if (auto claimed = host.claim_instance(config, std::move(lock)); !claimed) return claimed.error();
  if (auto prepared = host.prepare_datapath(config, workers); !prepared) return prepared.error();
  if (auto prepared = host.reload_admission(config); !prepared) return prepared.error();
  return host;
}

kernel::Result<void> Host::claim_instance(const config::Config& config, kernel::UniqueFd lock) {
  const auto bpffs = kernel::bpffs();
  if (!bpffs) {
    no_instance_ = bpffs.error().text;
    return {};
  }
  auto instance = lock.valid() ? kernel::Instance::share(*bpffs, config.node, std::move(lock))
                               : kernel::Instance::claim(*bpffs, config.node);
  if (instance) {
    instance_.emplace(std::move(*instance));
    return {};
  }
  // Two daemons of one name would replace each other's pins.
  if (instance.error().by_another) return instance.error();
  no_instance_ = instance.error().text;
  return {};
}

kernel::Result<void> Host::prepare_datapath(const config::Config& config, std::uint32_t workers) {
  const bool names = config.uses(config::Identity::peername);
  auto object = kernel::DatapathObject::load({.connections = config.limits.connections,
                                              .workers = workers,
                                              .splice_credit = config.splice_credit,
                                              .names = names ? config.limits.connections : 0});
  if (!object) {
    if (config.datapath == config::Datapath::sockmap) {
      return kernel::Error::because("datapath: sockmap cannot be had here: " + object.error().text);
    }
    splice_reason_ = object.error().text;
    clients_reason_ = object.error().text;
    return prepare_names(config);
  }
  object_ = std::move(*object);
  if (auto prepared = prepare_splice(config); !prepared) return prepared.error();
  prepare_clients(config);
  return prepare_names(config);
}

kernel::Result<void> Host::prepare_splice(const config::Config& config) {
  if (config.datapath == config::Datapath::relay) {
    splice_reason_ = "datapath: relay is configured";
    return {};
  }
  auto map = kernel::SpliceMap::create(*object_);
  auto passed = map ? datapath::self_test(**map) : kernel::Result<void>(map.error());
  if (passed) {
    splice_ = std::move(*map);
    splice_reason_ = "the self-test passed";
    return {};
  }
  if (config.datapath == config::Datapath::sockmap) {
    return kernel::Error::because("datapath: sockmap cannot be had here: " + passed.error().text);
  }
  splice_reason_ = passed.error().text;
  return {};
}

void Host::prepare_clients(const config::Config& config) {
  if (!instance_) {
    clients_reason_ = no_instance_;
    return;
  }
  auto cgroup = kernel::DaemonCgroup::enter(std::string(kernel::cgroup_prefix) + config.node);
  if (!cgroup) {
    clients_reason_ = cgroup.error().text;
    return;
  }
  cgroup_.emplace(std::move(*cgroup));
  auto clients = kernel::ClientMap::attach(*object_, *cgroup_, *instance_);
  if (!clients) {
    clients_reason_ = clients.error().text;
    return;
  }
  clients_ = std::move(*clients);
  clients_reason_ = instance_->pin(kernel::clients_pin);
}

kernel::Result<void> Host::prepare_names(const config::Config& config) {
  if (!config.uses(config::Identity::peername)) return {};
  const auto refuse = [](const std::string& why) {
    return kernel::Error::because("identity: peername cannot be had here: " + why +
                                  " (see: realpeer doctor --config FILE)");
  };
  // The client map announces whom to name.
  if (!clients_) return refuse(clients_reason_);
  auto names = kernel::PeerNames::attach(*object_, config.peername.cgroup);
  if (!names) return refuse(names.error().text);
  names_ = std::move(*names);
  return {};
}

kernel::Result<void> Host::reload_admission(const config::Config& config) {
  const auto refuse = [](const std::string& why) {
    return kernel::Error::because("admission cannot be had here: " + why + " (see: realpeer doctor --config FILE)");
  };
  if (admission_) {
    if (auto done = admission_->reload(config); !done) return refuse(done.error().text);
    return {};
  }
  if (!config.admission.enabled()) return {};
  if (!instance_) return refuse(no_instance_);
  auto admission = Admission::start(config, *instance_);
  if (!admission) return refuse(admission.error().text);
  admission_ = std::move(*admission);
  return {};
}

kernel::Result<std::string> Host::take_over(std::map<std::string, AdmissionHeritage> links) {
  std::string kept;
  if (instance_ && instance_->beside()) {
    auto there = instance_->take_over(kernel::clients_pin);
    if (!there) return there.error();
    kept = std::move(*there);
  }
  if (admission_) admission_->take_over(std::move(links));
  return kept;
}

void Host::hand_over(const std::string& clients_pin) {
  if (admission_) admission_->hand_over();
  if (instance_) instance_->hand_over(clients_pin);
}

std::vector<OfferedLink> Host::links() const { return admission_ ? admission_->offered() : std::vector<OfferedLink>(); }

}  // namespace realpeer::session
