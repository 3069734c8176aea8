#include "trace/find.h"

#include <algorithm>

namespace realpeer::trace {

namespace {

// Of equals the newest that still says most: a connection before its end's remains.
template <typename Matches>
const Seen* newest(std::span<const Seen> seen, const Marks& marks, Matches matches) {
  const Seen* found = nullptr;
  for (const Seen& one : seen) {
    if (one.id <= marks.after || !matches(one)) continue;
    if (found == nullptr || one.id > found->id) found = &one;
  }
  return found;
}

std::optional<Found> found_by(const Seen* seen, const char* by) {
  if (seen == nullptr) return std::nullopt;
  return Found{*seen, by};
}

// One connection may be told of twice, by its request and by its refusal.
bool all_one(std::span<const Seen* const> seen) {
  return !seen.empty() && std::ranges::all_of(seen, [&](const Seen* one) { return one->id == seen.front()->id; });
}

std::optional<Found> find_only_new(const Daemon& daemon, std::span<const Seen> seen, const Marks& marks) {
  const auto* listener = marks.port == 0 ? nullptr : daemon.listening_on(marks.port);
  std::vector<const Seen*> candidates;
  for (const Seen& one : seen) {
    const bool there = listener == nullptr || one.listener == listener->name;
    if (one.id > marks.after && there) candidates.push_back(&one);
  }
  if (!all_one(candidates)) return std::nullopt;
  return Found{*candidates.front(), "being the only new one"};
}

}  // namespace

std::optional<Found> find(const Daemon& daemon, std::span<const Seen> seen, const Marks& marks) {
  if (marks.peer) {
    const auto* by_peer = newest(seen, marks, [&](const Seen& one) { return one.peer == *marks.peer; });
    if (by_peer != nullptr) return found_by(by_peer, "its address");
  }
  if (!marks.unique_id.empty()) {
    const auto* by_id = newest(seen, marks, [&](const Seen& one) { return one.unique_id == marks.unique_id; });
    if (by_id != nullptr) return found_by(by_id, "its unique id");
  }
  if (marks.client) {
    const auto* by_client = newest(seen, marks, [&](const Seen& one) { return one.client == *marks.client; });
    if (by_client != nullptr) return found_by(by_client, "its client");
  }
  return find_only_new(daemon, seen, marks);
}

}  // namespace realpeer::trace
