#include "observe/refusals.h"

namespace realpeer::observe {

void Refusals::add(const Record& record) {
  SeenRefusal seen{.when = std::chrono::system_clock::now(),
                   .id = record.id,
                   .listener = std::string(record.listener),
                   .peer = net::to_string(record.peer),
                   .client = record.client ? net::to_string(*record.client) : std::string(),
                   .unique_id = record.unique_id,
                   .reason = record.reason,
                   .looks_like = std::string(record.looks_like),
                   .detail = record.detail};
  const std::lock_guard lock(mutex_);
  if (seen_.size() == most) seen_.pop_back();
  seen_.push_front(std::move(seen));
}

std::vector<SeenRefusal> Refusals::newest() const {
  const std::lock_guard lock(mutex_);
  return {seen_.begin(), seen_.end()};
}

}  // namespace realpeer::observe
