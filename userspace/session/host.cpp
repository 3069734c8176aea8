#include "session/host.h"

#include "datapath/self_test.h"
#include "kernel/mounts.h"

namespace realpeer::session {

kernel::Result<Host> Host::prepare(const config::Config& config, std::uint32_t workers) {
  Host host;
  auto object = kernel::DatapathObject::load(
      {.connections = config.limits.connections, .workers = workers, .splice_credit = config.splice_credit});
  if (!object) {
    if (config.datapath == config::Datapath::sockmap) {
      return kernel::Error::because("datapath: sockmap cannot be had here: " + object.error().text);
    }
    host.splice_reason_ = object.error().text;
    host.clients_reason_ = object.error().text;
    return host;
  }
  host.object_ = std::move(*object);
  if (auto prepared = host.prepare_splice(config); !prepared) return prepared.error();
  if (auto prepared = host.prepare_clients(config); !prepared) return prepared.error();
  return host;
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

kernel::Result<void> Host::prepare_clients(const config::Config& config) {
  const auto bpffs = kernel::bpffs();
  if (!bpffs) {
    clients_reason_ = bpffs.error().text;
    return {};
  }
  auto instance = kernel::Instance::claim(*bpffs, config.node);
  if (!instance) {
    // Two daemons of one name would replace each other's pins.
    if (instance.error().by_another) return instance.error();
    clients_reason_ = instance.error().text;
    return {};
  }
  instance_.emplace(std::move(*instance));
  auto cgroup = kernel::DaemonCgroup::enter("realpeer-" + config.node);
  if (!cgroup) {
    clients_reason_ = cgroup.error().text;
    return {};
  }
  cgroup_.emplace(std::move(*cgroup));
  auto clients = kernel::ClientMap::attach(*object_, *cgroup_, *instance_);
  if (!clients) {
    clients_reason_ = clients.error().text;
    return {};
  }
  clients_ = std::move(*clients);
  clients_reason_ = instance_->pin(kernel::clients_pin);
  return {};
}

}  // namespace realpeer::session
