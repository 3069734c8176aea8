#include "observe/tally.h"

#include <algorithm>

namespace realpeer::observe {

void Histogram::add(std::chrono::steady_clock::duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  const auto bucket = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  nanoseconds_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds)), std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot taken;
  for (std::size_t i = 0; i < counts_.size(); ++i) taken.counts[i] = counts_[i].load(std::memory_order_relaxed);
  taken.sum = static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9;
  return taken;
}

}  // namespace realpeer::observe
