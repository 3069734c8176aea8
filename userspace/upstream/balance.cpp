#include "upstream/balance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace realpeer::upstream {

namespace {

// FNV-1a, and MurmurHash3's finalizer over it: std::hash and Boost's may change with the library, and then every client
// would change its endpoint.
std::uint64_t fnv1a(std::uint64_t hash, std::string_view bytes) {
  constexpr std::uint64_t prime = 0x100000001b3;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * prime;
  return hash;
}

std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33U);
}

constexpr std::uint64_t fnv_basis = 0xcbf29ce484222325;

std::size_t round_robin(std::span<Candidate> candidates) {
  std::int64_t total = 0;
  std::size_t best = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    *candidates[i].credit += candidates[i].weight;
    total += candidates[i].weight;
    if (*candidates[i].credit > *candidates[best].credit) best = i;
  }
  *candidates[best].credit -= total;
  return best;
}

std::size_t least_connections(std::span<Candidate> candidates) {
  // (active + 1) / weight, compared without dividing.
  const auto less = [](const Candidate& a, const Candidate& b) {
    return (std::uint64_t{a.active} + 1) * b.weight < (std::uint64_t{b.active} + 1) * a.weight;
  };
  const Candidate& least = *std::ranges::min_element(candidates, less);
  std::vector<Candidate> equals;
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (less(least, candidates[i])) continue;
    equals.push_back(candidates[i]);
    indices.push_back(i);
  }
  return indices[round_robin(equals)];
}

// Weighted rendezvous: a uniform number per pair of client and endpoint, -weight / ln of it, the highest wins.
std::size_t client_hash(std::span<Candidate> candidates, const net::Address& client) {
  const auto bytes = net::mapped_v6(net::household(client)).to_bytes();
  const std::uint64_t key = fnv1a(fnv_basis, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto score = [key](const Candidate& candidate) {
    constexpr double steps = 9007199254740992.0;  // 2^53: what a double holds exactly
    const double uniform = (static_cast<double>(mixed(key ^ candidate.identity) >> 11U) + 0.5) / steps;
    return -static_cast<double>(candidate.weight) / std::log(uniform);
  };
  return static_cast<std::size_t>(std::ranges::max_element(candidates, {}, score) - candidates.begin());
}

}  // namespace

std::size_t choose(config::Balance balance, std::span<Candidate> candidates, const net::Address& client) {
  switch (balance) {
    case config::Balance::round_robin: return round_robin(candidates);
    case config::Balance::least_connections: return least_connections(candidates);
    case config::Balance::client_hash: return client_hash(candidates, client);
  }
  return 0;
}

std::uint64_t identity_of(std::string_view address) { return mixed(fnv1a(fnv_basis, address)); }

}  // namespace realpeer::upstream
