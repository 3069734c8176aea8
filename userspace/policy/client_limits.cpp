#include "policy/client_limits.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>

namespace realpeer::policy {

namespace {

constexpr std::size_t shards = 64;  // so that workers seldom meet
constexpr auto patience = std::chrono::seconds(10);
constexpr std::uint32_t least_refusals = 10;
constexpr std::size_t looked_at = 8;  // of the oldest entries, for each new one

}  // namespace

ClientVerdict ClientRecord::connect(const ClientPolicy& policy, Clock::time_point now) {
  if (policy.concurrent > 0 && active_ >= policy.concurrent) return ClientVerdict::too_many;
  if (policy.rate) {
    const auto interval = policy.rate->interval();
    const auto next = std::max(arrival_, now) + interval;
    if (next - now > interval * policy.rate->burst) return ClientVerdict::too_often;
    arrival_ = next;
  }
  ++active_;
  return ClientVerdict::admitted;
}

bool ClientRecord::keeps_exceeding(const ClientPolicy& policy, ClientVerdict verdict, Clock::time_point now) {
  if (!policy.ban) return false;
  if (verdict == ClientVerdict::admitted) {
    if (refusals_ > 0) --refusals_;
    return false;
  }
  if (now - last_refusal_ > patience) refusals_ = 0;
  last_refusal_ = now;
  const std::uint32_t enough = std::max(policy.rate ? policy.rate->burst : policy.concurrent, least_refusals);
  if (++refusals_ < enough) return false;
  refusals_ = 0;
  return true;
}

ClientLimits::ClientLimits(std::size_t most)
    : most_per_shard_(std::max<std::size_t>(most / shards, 1)), shards_(shards) {}

std::size_t ClientLimits::Hash::operator()(const net::Address& address) const {
  const auto bytes = net::mapped_v6(address).to_bytes();
  return boost::hash_range(bytes.begin(), bytes.end());
}

ClientLimits::Shard& ClientLimits::shard_of(const net::Address& client) {
  // Not the bits that choose the bucket within the shard.
  return shards_[(Hash{}(client) >> 32U) % shards];
}

// The oldest go first, unless they are connected. An entry that says nothing goes in any case, so that a quiet gateway
// does not remember yesterday's clients.
void ClientLimits::make_room(Entries& entries, Clock::time_point now) const {
  auto& by_age = entries.get<1>();
  for (std::size_t i = 0; i < looked_at && !by_age.empty(); ++i) {
    const auto oldest = by_age.begin();
    const bool unused = oldest->record.active() == 0;
    if (oldest->record.forgettable(now) || (unused && entries.size() >= most_per_shard_)) {
      by_age.erase(oldest);
    } else if (unused) {
      return;
    } else {
      by_age.relocate(by_age.end(), oldest);  // connected: not to be looked at again soon
    }
  }
}

ClientLimits::Verdict ClientLimits::connect(const ClientPolicy& policy, const net::Address& client, Known known,
                                            Clock::time_point now) {
  const net::Address key = net::household(client);
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  auto& by_age = shard.entries.get<1>();
  auto found = shard.entries.find(key);
  if (found == shard.entries.end()) {
    make_room(shard.entries, now);
    found = shard.entries.insert({key, {}}).first;
  } else {
    by_age.relocate(by_age.end(), shard.entries.project<1>(found));
  }
  const ClientVerdict verdict = found->record.connect(policy, now);
  return {verdict, known == Known::directly && found->record.keeps_exceeding(policy, verdict, now)};
}

void ClientLimits::disconnect(const net::Address& client) {
  const net::Address key = net::household(client);
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(key);
  if (found != shard.entries.end()) found->record.disconnect();
}

std::size_t ClientLimits::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.entries.size();
  }
  return total;
}

}  // namespace realpeer::policy
