#include "upstream/standing.h"

#include <algorithm>

namespace realpeer::upstream {

namespace {

constexpr std::uint32_t longest_rest = 10;  // times the configured one

}  // namespace

State Standing::state(Clock::time_point now) const {
  if (healthy_ == false) return State::down;
  if (rests_ == 0) return State::up;
  return now < rests_until_ ? State::resting : State::trial;
}

std::chrono::milliseconds Standing::rest() const {
  return ejection_->duration * static_cast<std::int64_t>(std::min(rests_, longest_rest));
}

bool Standing::succeeded() {
  const bool was_ejected = rests_ > 0;
  failures_ = 0;
  rests_ = 0;
  return was_ejected;
}

bool Standing::failed(Failure how, Clock::time_point now) {
  ++failures_;
  last_failure_ = how;
  // A failed trial needs no further proof.
  const bool enough = ejection_->failures > 0 && (failures_ >= ejection_->failures || rests_ > 0);
  if (!enough || state(now) == State::resting) return false;
  ++rests_;
  rests_until_ = now + rest();
  return rests_ == 1;
}

bool Standing::checked(bool good) {
  if (!healthy_) {
    healthy_ = good;
    return !good;
  }
  contrary_ = good == *healthy_ ? 0 : contrary_ + 1;
  if (contrary_ < (good ? health_->rise : health_->fall)) return false;
  healthy_ = good;
  contrary_ = 0;
  // What the checks say is newer than what ejected it.
  if (good) succeeded();
  return true;
}

}  // namespace realpeer::upstream
