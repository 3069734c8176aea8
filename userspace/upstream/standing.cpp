#include "upstream/standing.h"

#include <algorithm>

namespace realpeer::upstream {

namespace {

constexpr std::uint32_t longest_rest = 10;  // times the configured one

}  // namespace

Standing Standing::under(const config::Ejection& ejection, const std::optional<config::Health>& health) const {
  Standing other = *this;
  other.ejection_ = &ejection;
  other.health_ = health ? &*health : nullptr;
  // Nobody would find out that it is up again.
  if (!health) other.healthy_.reset();
  other.contrary_ = 0;
  return other;
}

State Standing::state(Clock::time_point now) const {
  if (healthy_ == false) return State::down;
  if (rests_ == 0) return State::up;
  return now < rests_until_ ? State::resting : State::trial;
}

std::chrono::milliseconds Standing::rest() const {
  return ejection_->duration * static_cast<std::int64_t>(std::min(rests_, longest_rest));
}

bool Standing::succeeded(Clock::time_point now) {
  const bool was_ejected = rests_ > 0;
  failures_ = 0;
  rests_ = 0;
  known_since_ = now;
  return was_ejected;
}

bool Standing::failed(Failure how, Clock::time_point began, Clock::time_point now) {
  if (began < known_since_) return false;
  known_since_ = now;
  ++failures_;
  last_failure_ = how;
  // A failed trial needs no further proof; one of last resort, while it rests, changes nothing.
  const bool enough = ejection_->failures > 0 && (failures_ >= ejection_->failures || rests_ > 0);
  if (!enough || (rests_ > 0 && now < rests_until_)) return false;
  ++rests_;
  rests_until_ = now + rest();
  return rests_ == 1;
}

bool Standing::checked(bool good, Clock::time_point began, Clock::time_point now) {
  // A good check is newer than what ejected it.
  const bool ends_rest = good && rests_ > 0 && began >= known_since_;
  if (ends_rest) succeeded(now);
  if (!healthy_) {
    healthy_ = good;
    return !good || ends_rest;
  }
  contrary_ = good == *healthy_ ? 0 : contrary_ + 1;
  if (contrary_ < (good ? health_->rise : health_->fall)) return ends_rest && *healthy_;
  healthy_ = good;
  contrary_ = 0;
  return true;
}

}  // namespace realpeer::upstream
