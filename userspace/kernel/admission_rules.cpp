#include "kernel/admission_rules.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "bpf/shared.h"
#include "kernel/fd.h"

namespace realpeer::kernel {
namespace {

constexpr std::uint32_t mapped_bits = 96;  // of ::ffff:0:0/96

realpeer_bind bind_key(const net::Endpoint& bind) {
  realpeer_bind key{};
  std::ranges::copy(net::mapped_v6(bind.address()).to_bytes(), std::begin(key.address));
  key.port = htons(bind.port());
  return key;
}

realpeer_network network_key(std::uint32_t list, const net::Cidr& cidr) {
  const bool v4 = cidr.network().is_v4();
  realpeer_network key{};
  // All but the length itself and the address, which counts as far as the network does.
  key.prefix_length = 8 * (offsetof(realpeer_network, address) - sizeof(key.prefix_length)) + cidr.bits();
  if (v4) key.prefix_length += mapped_bits;
  key.list = list;
  key.family = v4 ? 4 : 6;
  std::ranges::copy(net::mapped_v6(cidr.network()).to_bytes(), std::begin(key.address));
  return key;
}

bool before(const realpeer_network& a, const realpeer_network& b) { return std::memcmp(&a, &b, sizeof(a)) < 0; }
bool same(const realpeer_network& a, const realpeer_network& b) { return std::memcmp(&a, &b, sizeof(a)) == 0; }

// Without those named twice: some kernels count these as two entries of a trie.
std::vector<realpeer_network> network_keys(const AdmissionRules& rules) {
  std::vector<realpeer_network> keys;
  for (const auto& cidr : rules.denied) keys.push_back(network_key(REALPEER_DENIED_LIST, cidr));
  for (std::size_t i = 0; i < rules.listeners.size(); ++i) {
    const auto list = static_cast<std::uint32_t>(i + 1);
    for (const auto& cidr : rules.listeners[i].trusted) keys.push_back(network_key(list, cidr));
  }
  std::ranges::sort(keys, before);
  keys.erase(std::unique(keys.begin(), keys.end(), same), keys.end());
  return keys;
}

// An empty map is not allowed.
std::uint32_t room_for(std::size_t entries) { return static_cast<std::uint32_t>(std::max<std::size_t>(entries, 1)); }

Result<UniqueFd> make_listeners(const AdmissionRules& rules) {
  UniqueFd map(bpf_map_create(BPF_MAP_TYPE_HASH, "listeners", sizeof(realpeer_bind), sizeof(realpeer_listener),
                              room_for(rules.listeners.size()), nullptr));
  if (!map.valid()) return describe("cannot create the map of listeners", errno);
  for (std::size_t i = 0; i < rules.listeners.size(); ++i) {
    const auto& listener = rules.listeners[i];
    if (listener.drop_untrusted && listener.trusted.empty()) {
      return Error::because("the listener on " + net::to_string(listener.bind) +
                            " takes trusted sources only, and trusts none: nobody could connect");
    }
    const auto key = bind_key(listener.bind);
    const realpeer_listener value{.flags = listener.drop_untrusted ? REALPEER_LISTENER_DROPS_UNTRUSTED : 0,
                                  .list = listener.trusted.empty() ? 0 : static_cast<std::uint32_t>(i + 1)};
    if (bpf_map_update_elem(map.get(), &key, &value, BPF_NOEXIST) == 0) continue;
    if (errno == EEXIST) return Error::because("two listeners claim " + net::to_string(listener.bind));
    return describe("cannot add the listener on " + net::to_string(listener.bind), errno);
  }
  return map;
}

Result<UniqueFd> make_networks(const AdmissionRules& rules) {
  const auto keys = network_keys(rules);
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
  UniqueFd map(bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "networks", sizeof(realpeer_network), sizeof(std::uint8_t),
                              room_for(keys.size()), &options));
  if (!map.valid()) return describe("cannot create the map of networks", errno);
  const std::uint8_t present = 1;
  for (const auto& key : keys) {
    if (bpf_map_update_elem(map.get(), &key, &present, BPF_ANY) != 0) return describe("cannot add a network", errno);
  }
  return map;
}

Result<realpeer_syn_rate> measure_of(const std::optional<SynRate>& rate) {
  if (!rate) return realpeer_syn_rate{};
  if (rate->interval.count() < 1 || rate->burst == 0) {
    return Error::because("one SYN each " + std::to_string(rate->interval.count()) + " ns, " +
                          std::to_string(rate->burst) + " at once, is no rate: both are at least 1");
  }
  const auto interval = static_cast<std::uint64_t>(rate->interval.count());
  return realpeer_syn_rate{.interval = interval, .tolerance = interval * (rate->burst - 1)};
}

bool put(int outer, std::uint32_t generation, const UniqueFd& inner) {
  const int fd = inner.get();
  return bpf_map_update_elem(outer, &generation, &fd, BPF_ANY) == 0;
}

}  // namespace

Result<void> apply(const AdmissionObject& object, const AdmissionRules& rules) {
  const auto rate = measure_of(rules.syn_rate);
  if (!rate) return rate.error();
  const auto listeners = make_listeners(rules);
  if (!listeners) return listeners.error();
  const auto networks = make_networks(rules);
  if (!networks) return networks.error();

  std::atomic_ref<std::uint32_t> holds(object.generation());
  const std::uint32_t former = holds.load();
  const std::uint32_t next = 1 - former;
  if (!put(object.listeners(), next, *listeners) || !put(object.networks(), next, *networks) ||
      bpf_map_update_elem(object.syn_rates(), &next, &*rate, BPF_ANY) != 0) {
    return describe("cannot install the new rules", errno);
  }
  holds.store(next, std::memory_order_release);
  // Any change to a map of maps waits until every program that was running has ended (kernel/bpf/syscall.c,
  // maybe_wait_bpf_programs): after this one, which changes nothing, no packet sees the former generation any more.
  if (put(object.networks(), next, *networks)) {
    bpf_map_delete_elem(object.listeners(), &former);
    bpf_map_delete_elem(object.networks(), &former);
  }
  return {};
}

}  // namespace realpeer::kernel
