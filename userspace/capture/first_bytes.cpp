#include "capture/first_bytes.h"

#include <algorithm>
#include <iterator>

namespace realpeer::capture {

void FirstBytes::add(std::size_t offset, std::string_view part, bool cut) {
  if (offset > limit_) return;
  cut = cut && part.size() <= limit_ - offset;
  part = part.substr(0, limit_ - offset);
  if (cut) cuts_.insert(offset + part.size());
  if (offset == first_.size() && later_.empty()) {
    first_.append(part);
    return;
  }
  keep(offset, part);
  join();
}

// What of the part is there already is passed over, stretch by stretch.
void FirstBytes::keep(std::size_t offset, std::string_view part) {
  const std::size_t end = offset + part.size();
  std::size_t at = std::max(offset, first_.size());
  auto next = later_.upper_bound(at);
  if (next != later_.begin()) {
    const auto before = std::prev(next);
    at = std::max(at, before->first + before->second.size());
  }
  while (at < end) {
    const std::size_t until = next == later_.end() ? end : std::min(end, next->first);
    if (at < until) {
      later_.emplace_hint(next, at, part.substr(at - offset, until - at));
      later_bytes_ += until - at;
    }
    if (next == later_.end()) return;
    at = next->first + next->second.size();
    ++next;
  }
}

void FirstBytes::join() {
  for (auto next = later_.begin(); next != later_.end() && next->first == first_.size(); next = later_.erase(next)) {
    first_ += next->second;
    later_bytes_ -= next->second.size();
  }
}

std::size_t FirstBytes::held() const {
  constexpr std::size_t node = 96;  // of a map, with a string in it
  return first_.capacity() + later_bytes_ + node * (later_.size() + cuts_.size());
}

}  // namespace realpeer::capture
