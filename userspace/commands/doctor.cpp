#include <gflags/gflags.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>

#include "commands/commands.h"
#include "config/load.h"
#include "datapath/self_test.h"
#include "kernel/admission_link.h"
#include "kernel/admission_owner.h"
#include "kernel/capabilities.h"
#include "kernel/interface.h"
#include "kernel/object.h"
#include "kernel/peer_names.h"
#include "kernel/splice_map.h"
#include "session/admission.h"
#include "session/transparent.h"

DECLARE_string(config);
DECLARE_bool(json);

namespace realpeer::commands {
namespace {

using kernel::Finding;

// Loads the programs and splices a connection over loopback; nothing stays.
std::vector<Finding> try_splice() {
  const auto object = kernel::DatapathObject::load({.connections = 16, .workers = 1, .splice_credit = 1 << 20});
  Finding programs{.question = "BPF programs load",
                   .yes = object.has_value(),
                   .detail = object ? "sk_skb verdict, sock_ops" : object.error().text,
                   .remedy = object ? "" : "grant the capabilities above; connections are relayed until then"};
  if (!object) return {programs};
  const auto map = kernel::SpliceMap::create(**object);
  const auto passed = map ? datapath::self_test(**map) : kernel::Result<void>(map.error());
  return {programs,
          {.question = "splice self-test",
           .yes = passed.has_value(),
           .detail = passed ? "content, order, half-close and a stalled reader are right" : passed.error().text,
           .remedy = passed ? "" : "use datapath: relay, or another kernel"}};
}

// The path connections will take, given everything else.
Finding path(config::Datapath datapath, bool splices) {
  const bool kernel = splices && datapath != config::Datapath::relay;
  std::string detail = kernel ? "sockmap: the kernel splices" : "relay: bytes cross userspace";
  if (datapath == config::Datapath::relay) detail += ", as configured";
  const bool as_wished = kernel || datapath == config::Datapath::relay;
  return {.question = "data path of connections",
          .yes = as_wished,
          .detail = std::move(detail),
          .remedy = as_wished ? "" : "see the answers above"};
}

constexpr std::size_t most_interfaces = 16;

// How backends are told that read no header; without a configuration whether they could be.
std::vector<Finding> examine_identities(const config::Config* config) {
  std::vector<Finding> findings;
  const bool asked = config != nullptr && config->uses(config::Identity::peername);
  auto names = kernel::examine_peer_names(asked ? config->peername.cgroup : "");
  if (asked || config == nullptr) findings.push_back(std::move(names));
  if (config == nullptr) return findings;
  for (const auto& [endpoint, missing] : session::unready_for_transparent(*config)) {
    findings.push_back({.question = "identity transparent to " + endpoint,
                        .yes = false,
                        .detail = "missing " + missing,
                        .remedy = "realpeer setup transparent --apply"});
  }
  return findings;
}

// Where SYNs would be judged on the interface, and who judges there already; `configured` is its place in FILE.
Finding examine_interface(const kernel::Interface& interface, const config::Config* configured) {
  const auto mode =
      configured != nullptr ? session::mode_of(configured->admission.mode) : kernel::AdmissionMode::automatic;
  const auto foreseen = kernel::foresee_admission(interface, mode);
  std::string owners;
  bool own = false;
  for (const auto& attached : kernel::attached_admission(interface)) {
    owners += (owners.empty() ? "" : "; ") + attached.mode + ", by node '" + attached.node + "'";
    own = own || (configured != nullptr && attached.node == configured->node);
  }
  // A daemon of this node has taken its place; what another one would get there says nothing.
  std::string detail = own ? "" : foreseen.text;
  if (!owners.empty()) detail += (detail.empty() ? "attached: " : "; attached already: ") + owners;
  // An interface that nobody asked for is no defect of the host.
  const bool yes = foreseen.possible || own || configured == nullptr;
  return {.question = "admission on " + interface.name,
          .yes = yes,
          .detail = foreseen.possible || own ? detail : "none: " + detail,
          .remedy = yes ? "" : "use mode: auto or tc, or take it out of admission.interfaces"};
}

std::vector<Finding> examine_configured(const config::Config& config) {
  std::vector<Finding> findings;
  for (const auto& name : config.admission.interfaces) {
    if (const auto interface = kernel::find_interface(name)) {
      findings.push_back(examine_interface(*interface, &config));
      continue;
    }
    findings.push_back({.question = "admission on " + name,
                        .yes = false,
                        .detail = "there is no such interface",
                        .remedy = "mend admission.interfaces, if it is misspelt; a daemon that runs judges on it as "
                                  "soon as it is there"});
  }
  return findings;
}

std::vector<Finding> examine_others(const config::Config& config) {
  const auto& configured = config.admission.interfaces;
  std::vector<Finding> findings;
  std::size_t left_out = 0;
  for (const auto& interface : kernel::interfaces()) {
    if (std::ranges::find(configured, interface.name) != configured.end()) continue;
    if (findings.size() < most_interfaces) {
      findings.push_back(examine_interface(interface, nullptr));
    } else {
      ++left_out;
    }
  }
  if (left_out == 0) return findings;
  findings.push_back({.question = "admission on other interfaces",
                      .yes = true,
                      .detail = std::to_string(left_out) + " more are not looked at",
                      .remedy = {}});
  return findings;
}

// Where SYNs would be judged, interface by interface. Loads the programs and attaches nothing.
std::vector<Finding> examine_admission(const config::Config& config) {
  const auto object = kernel::AdmissionObject::load({.sources = 16, .bans = 16});
  Finding programs{
      .question = "admission programs load",
      .yes = object.has_value(),
      .detail = object ? "XDP, TC" : object.error().text,
      .remedy = object ? "" : "grant the capabilities above; SYNs are not judged in the kernel until then"};
  if (!object) return {programs};
  const bool tcx = kernel::has_tcx((*object)->admit_tc());
  programs.detail += tcx ? " by tcx" : " by clsact filters, since this kernel has no tcx";
  std::vector<Finding> findings{programs};
  for (const auto& more : {examine_configured(config), examine_others(config)}) {
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

void print_text(const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    std::cout << (finding.yes ? "yes  " : "NO   ") << finding.question << ": " << finding.detail << '\n';
    if (!finding.remedy.empty()) std::cout << "     remedy: " << finding.remedy << '\n';
  }
}

void print_json(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const auto& finding : findings) {
    list.push_back(
        {{"question", finding.question}, {"yes", finding.yes}, {"detail", finding.detail}, {"remedy", finding.remedy}});
  }
  std::cout << boost::json::serialize(list) << '\n';
}

}  // namespace

int doctor(Arguments arguments) {
  if (!arguments.empty()) return usage_error("doctor takes no argument; name a configuration with --config FILE");
  config::Config config;
  if (!FLAGS_config.empty()) {
    const auto loaded = config::load_file(FLAGS_config);
    for (const auto& diagnostic : loaded.diagnostics) std::cerr << diagnostic.to_string() << '\n';
    if (!loaded.ok()) return 2;
    config = loaded.config;
  }
  kernel::log_libbpf_messages();
  auto findings = kernel::examine_host();
  const auto tried = try_splice();
  findings.insert(findings.end(), tried.begin(), tried.end());
  findings.push_back(path(config.datapath, tried.back().yes && tried.size() > 1));
  const auto identities = examine_identities(FLAGS_config.empty() ? nullptr : &config);
  findings.insert(findings.end(), identities.begin(), identities.end());
  const auto admission = examine_admission(config);
  findings.insert(findings.end(), admission.begin(), admission.end());
  if (FLAGS_json) {
    print_json(findings);
  } else {
    print_text(findings);
  }
  for (const auto& finding : findings) {
    if (!finding.yes) return 1;
  }
  return 0;
}

}  // namespace realpeer::commands
