#include "session/looking.h"

#include <algorithm>
#include <iterator>

namespace realpeer::session {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The worker's connections wait meanwhile: without locales and copies this takes a microsecond for each that is open.
bool holds(std::string_view text, std::string_view part) {
  const auto same = [](char one, char other) { return lower(one) == lower(other); };
  return !std::ranges::search(text, part, same).empty();
}

bool holds(const net::Endpoint& address, std::string_view part) {
  // A letter that no address has: most names are told apart from addresses by it.
  if (part.find_first_not_of("0123456789abcdefABCDEF.:[]") != std::string_view::npos) return false;
  return holds(net::to_string(address), part);
}

bool holds(const std::optional<net::Endpoint>& address, std::string_view part) {
  return address && holds(*address, part);
}

template <typename Records, typename Of>
Sight newest(const Records& records, const Looking& looking, Of record_of) {
  Sight sight;
  for (auto it = records.rbegin(); it != records.rend(); ++it) {
    ++sight.total;
    const observe::Record& record = record_of(*it);
    if (!matches(record, looking)) continue;
    ++sight.matched;
    if (sight.records.size() == looking.limit) continue;
    sight.records.push_back(record);
    observe::shorten(sight.records.back());
    // What is seen of an open connection may be a request that is over.
    if (!looking.ended) sight.records.back().end = {};
  }
  return sight;
}

}  // namespace

bool matches(const observe::Record& record, const Looking& looking) {
  if (looking.id && record.id != *looking.id) return false;
  if (!looking.listener.empty() && record.listener != looking.listener) return false;
  const std::string_view text = looking.text;
  return text.empty() || holds(record.peer, text) || holds(record.client, text) || holds(record.listener, text) ||
         holds(record.backend, text) || holds(record.endpoint, text) || holds(record.upstream, text) ||
         holds(record.server_name, text) ||
         (!record.unique_id.empty() && holds(observe::readable(record.unique_id), text)) ||
         (record.request && (holds(record.request->host, text) || holds(record.request->path, text)));
}

Sight look_at(const Live& live, const Looking& looking) {
  if (looking.ended)
    return newest(
        live.ended, looking, [](const observe::Record& record) -> auto& { return record; });
  return newest(
      live.connections, looking, [](const Tracked& tracked) -> auto& { return tracked.seen(); });
}

void Sight::add(Sight other, std::size_t limit) {
  total += other.total;
  matched += other.matched;
  std::ranges::move(other.records, std::back_inserter(records));
  std::ranges::stable_sort(records, std::ranges::greater(), [](const observe::Record& record) { return record.since; });
  if (records.size() > limit) records.resize(limit);
}

}  // namespace realpeer::session
