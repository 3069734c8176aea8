#include "trace/find.h"

#include <algorithm>

namespace realpeer::trace {

namespace {

template <typename Matches>
const Seen* newest(std::span<const Seen> seen, Matches matches) {
  const Seen* found = nullptr;
  for (const Seen& one : seen) {
    if (!matches(one)) continue;
    if (found == nullptr || one.id > found->id) found = &one;
  }
  return found;
}

std::optional<Found> found_by(const Seen* seen, const char* by) {
  if (seen == nullptr) return std::nullopt;
  return Found{.seen = *seen, .by = by};
}

// One connection may be told of twice, by its request and by its refusal.
bool all_one(std::span<const Seen* const> seen) {
  return !seen.empty() && std::ranges::all_of(seen, [&](const Seen* one) { return one->id == seen.front()->id; });
}

std::optional<Found> find_only_new(const Daemon& daemon, std::span<const Seen> seen, const Marks& marks) {
  // The address is not known behind NAT, and a port may be listened on at several.
  const auto there = [&](const Seen& one) {
    const auto* listener = daemon.listener(one.listener);
    return listener == nullptr || listener->bind.port() == marks.port;
  };
  const bool anywhere = marks.port == 0 || !daemon.listens_on(marks.port);
  std::vector<const Seen*> candidates;
  for (const Seen& one : seen) {
    if (one.id > marks.after && (anywhere || there(one))) candidates.push_back(&one);
  }
  if (!all_one(candidates)) return std::nullopt;
  return Found{.seen = *candidates.front(), .by = "being the only new one", .guessed = true};
}

}  // namespace

std::optional<Found> find(const Daemon& daemon, std::span<const Seen> seen, const Marks& marks) {
  const auto is_new = [&marks](const Seen& one) { return one.id > marks.after; };
  if (marks.peer) {
    const auto* by_peer = newest(seen, [&](const Seen& one) {
      // An open one may be old: connections that carry requests are used again.
      return one.peer == *marks.peer && (is_new(one) || one.end.empty());
    });
    if (by_peer != nullptr) return found_by(by_peer, "its address");
  }
  if (!marks.unique_id.empty()) {
    const auto* by_id = newest(seen, [&](const Seen& one) { return is_new(one) && one.unique_id == marks.unique_id; });
    if (by_id != nullptr) return found_by(by_id, "its unique id");
  }
  if (marks.client) {
    const auto* by_client = newest(seen, [&](const Seen& one) { return is_new(one) && one.client == *marks.client; });
    if (by_client != nullptr) return found_by(by_client, "its client");
  }
  return find_only_new(daemon, seen, marks);
}

}  // namespace realpeer::trace
