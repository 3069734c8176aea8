#include "upstream/refresh.h"

#include <algorithm>
#include <iterator>

namespace realpeer::upstream {

std::chrono::seconds delay_after_answer(std::chrono::seconds ttl) {
  if (ttl == std::chrono::seconds::zero()) return assumed_ttl;
  return std::clamp(ttl, shortest_ttl, longest_ttl);
}

std::chrono::seconds delay_after_failures(unsigned in_a_row) {
  std::chrono::seconds delay{1};
  for (unsigned i = 1; i < in_a_row && delay < longest_retry; ++i) delay *= 2;
  return std::min(delay, longest_retry);
}

Difference difference(const std::vector<net::Address>& before, const std::vector<net::Address>& after) {
  Difference result;
  std::ranges::set_difference(after, before, std::back_inserter(result.came));
  std::ranges::set_difference(before, after, std::back_inserter(result.went));
  return result;
}

}  // namespace realpeer::upstream
