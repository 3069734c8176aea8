#include "observe/refusal_log.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "observe/advice.h"

namespace realpeer::observe {

using policy::RejectReason;

std::string first_line(const Record& record) {
  std::string line = "refused " + net::to_string(record.peer);
  if (record.client && *record.client != record.peer) line += " for client " + net::to_string(*record.client);
  line += fmt::format(" at listener '{}': {}", record.listener, policy::to_string(record.reason));
  if (!record.looks_like.empty()) line += fmt::format(", looks like {}", record.looks_like);
  if (!record.detail.empty()) line += ": " + record.detail;
  if (const auto mends = advice(record.reason, record.looks_like).remedy; !mends.empty()) {
    line += fmt::format(". {}", mends);
  }
  return line;
}

std::string number_line(std::string_view listener, RejectReason reason, const Repeats::Told& told,
                        const net::Endpoint& newest) {
  const auto seconds = std::max<std::int64_t>(1, std::chrono::floor<std::chrono::seconds>(told.within).count());
  return fmt::format("refused {} more like it at listener '{}' in the last {} s: {} (newest from {})", told.counted,
                     listener, seconds, policy::to_string(reason), net::to_string(newest));
}

void RefusalLog::cover(const std::vector<config::Listener>& listeners) {
  const std::unique_lock lock(changing_);
  for (const auto& listener : listeners) kinds_.try_emplace(listener.name);
}

void RefusalLog::add(const Record& record, Clock::time_point now) {
  if (record.reason == RejectReason::none || record.reason == RejectReason::empty_probe) return;
  const std::shared_lock reading(changing_);
  const auto found = kinds_.find(record.listener);
  if (found == kinds_.end()) return;
  Kind& kind = found->second[index(record.reason)];
  {
    // Whoever finds it locked comes at the same moment as another one, who is as new.
    const std::unique_lock lock(kind.mutex, std::try_to_lock);
    if (lock) kind.newest = record.peer;
  }
  const auto told = kind.repeats.add(now);
  if (!told) return;
  spdlog::warn(
      "{}", told->counted == 0 ? first_line(record) : number_line(record.listener, record.reason, *told, record.peer));
}

template <typename Ask>
void RefusalLog::tell(Ask ask) {
  const std::shared_lock reading(changing_);
  for (auto& [listener, kinds] : kinds_) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const auto told = ask(kinds[i].repeats);
      if (!told) continue;
      const std::unique_lock lock(kinds[i].mutex);
      spdlog::warn("{}", number_line(listener, static_cast<RejectReason>(i), *told, kinds[i].newest));
    }
  }
}

void RefusalLog::tell_due(Clock::time_point now) {
  tell([now](Repeats& repeats) { return repeats.due(now); });
}

void RefusalLog::tell_rest(Clock::time_point now) {
  tell([now](Repeats& repeats) { return repeats.rest(now); });
}

}  // namespace realpeer::observe
