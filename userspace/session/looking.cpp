#include "session/looking.h"

#include <algorithm>
#include <boost/algorithm/string/find.hpp>
#include <iterator>

namespace realpeer::session {
namespace {

bool holds(std::string_view text, std::string_view part) { return !boost::ifind_first(text, part).empty(); }

bool holds(const std::optional<net::Endpoint>& address, std::string_view part) {
  return address && holds(net::to_string(*address), part);
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
  return text.empty() || holds(net::to_string(record.peer), text) || holds(record.client, text) ||
         holds(record.listener, text) || holds(record.backend, text) || holds(record.endpoint, text) ||
         holds(record.upstream, text) || holds(record.server_name, text) ||
         holds(observe::readable(record.unique_id), text) ||
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
