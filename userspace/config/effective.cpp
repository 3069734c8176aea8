#include "config/effective.h"

#include "config/effective_sections.h"
#include "config/scalars.h"

namespace realpeer::config {

namespace json = boost::json;

json::array list_of(std::span<const net::Cidr> cidrs) {
  json::array list;
  for (const auto& cidr : cidrs) list.emplace_back(cidr.to_string());
  return list;
}

namespace {

json::object written(const Admission& admission) {
  return {{"interfaces", json::array(admission.interfaces.begin(), admission.interfaces.end())},
          {"mode", to_string(admission.mode)},
          {"denied_cidrs", list_of(admission.denied_cidrs)}};
}

json::object written(const policy::Rate& rate) { return {{"rate", to_string(rate)}, {"burst", rate.burst}}; }

json::object written(const policy::ClientPolicy& policy) {
  json::object limits;
  if (policy.rate) limits = written(*policy.rate);
  if (policy.concurrent > 0) limits["concurrent"] = policy.concurrent;
  if (policy.ban) limits["ban"] = to_string(*policy.ban);
  return limits;
}

json::object written(const Limits& limits) {
  json::object all{{"connections", limits.connections}, {"handshakes", limits.handshakes}};
  if (auto per_client = written(limits.per_client); !per_client.empty()) all["per_client"] = std::move(per_client);
  if (limits.per_source_syn) all["per_source_syn"] = written(*limits.per_source_syn);
  all["denied_clients"] = list_of(limits.denied_clients);
  return all;
}

json::object written(const Timeouts& timeouts) {
  return {{"connect", to_string(timeouts.connect)},         {"idle", to_string(timeouts.idle)},
          {"half_closed", to_string(timeouts.half_closed)}, {"drain", to_string(timeouts.drain)},
          {"request", to_string(timeouts.request)},         {"body", to_string(timeouts.body)},
          {"response", to_string(timeouts.response)},       {"keep_alive", to_string(timeouts.keep_alive)}};
}

json::object written(const Admin& admin) {
  json::object all{{"bind", to_string(admin.bind)}};
  if (!admin.token_file.empty()) all["token_file"] = admin.token_file;
  return all;
}

}  // namespace

json::object effective(const Config& config) {
  json::object all{
      {"node", config.node}, {"datapath", to_string(config.datapath)}, {"splice_credit", config.splice_credit}};
  if (config.admission.enabled()) all["admission"] = written(config.admission);
  if (!config.peername.cgroup.empty()) all["peername"] = {{"cgroup", config.peername.cgroup}};
  json::array listeners;
  for (const auto& listener : config.listeners) listeners.push_back(effective_listener(config, listener));
  all["listeners"] = std::move(listeners);
  json::object backends;
  for (const auto& backend : config.backends) backends[backend.name] = effective_backend(config, backend);
  all["backends"] = std::move(backends);
  all["limits"] = written(config.limits);
  all["timeouts"] = written(config.timeouts);
  all["log"] = {{"level", config.log.level}, {"format", to_string(config.log.format)}, {"access", config.log.access}};
  if (config.admin) all["admin"] = written(*config.admin);
  return all;
}

}  // namespace realpeer::config
