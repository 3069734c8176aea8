#include "capture/beginning.h"

#include <algorithm>

namespace realpeer::capture {
namespace {

// The largest window there is (RFC 7323 section 2.3): nothing so far behind a byte is sent before it was received.
constexpr std::int64_t largest_window = 1LL << 30U;
// Captures of two interfaces do not always have packets in their order; so much later they do.
constexpr auto disorder = std::chrono::seconds(1);

}  // namespace

void Beginning::from_client(const Segment& segment) {
  if (segment.rst && !reset_) reset_ = End::reset;
  if (segment.rst) return;  // what it may carry is for people (RFC 9293 section 3.5.2)
  answered_ = answered_ || !segment.syn;
  // Sequence numbers wrap: the difference is right within half of their range.
  const std::int64_t offset = static_cast<std::int32_t>(segment.sequence + (segment.syn ? 1U : 0U) - start_);
  const auto captured = static_cast<std::int64_t>(segment.payload.size());
  const std::int64_t end = offset + captured + static_cast<std::int64_t>(segment.cut);
  if (offset >= largest_window) beyond_ = true;
  if (end < 0 || beyond_) return;  // a probe of a connection at rest repeats the byte before
  if (end > 0) {
    const std::int64_t before = std::clamp<std::int64_t>(-offset, 0, captured);
    first_.add(static_cast<std::size_t>(std::max<std::int64_t>(offset, 0)),
               segment.payload.substr(static_cast<std::size_t>(before)), segment.cut > 0);
  }
  if (segment.fin && !fin_) fin_ = static_cast<std::size_t>(end);
}

void Beginning::from_server(const Segment& segment, Time now) {
  if (segment.rst && !reset_) reset_ = answered_ ? End::reset : End::refused;
  if (segment.rst) return;
  answered_ = true;
  const std::uint32_t acknowledged = segment.acknowledged - start_;
  if (segment.ack && acknowledged < largest_window) acknowledged_ = std::max(acknowledged_, acknowledged);
  if (!incomplete()) missed_since_.reset();
  if (incomplete() && !missed_since_) missed_since_ = now;
}

// A FIN takes a number as a byte does: one may be a FIN's that the capture has not.
bool Beginning::incomplete() const { return acknowledged_ > first_.bytes().size() + 1; }

std::optional<End> Beginning::ended(Time now) const {
  if (first_.cut()) return End::cut;
  if (fin_ && first_.bytes().size() >= *fin_) return End::closed;
  if (reset_) return ended_by(*reset_);
  if (beyond_) return End::missing;
  if (incomplete() && missed_since_ && now - *missed_since_ >= disorder) return End::missing;
  return std::nullopt;
}

End Beginning::ended_by(End reason) const {
  if (reason == End::unwatched) return reason;  // more might have come
  if (first_.gap() || fin_ || incomplete()) return End::missing;
  return reason == End::capture_ended && !answered_ ? End::unanswered : reason;
}

}  // namespace realpeer::capture
