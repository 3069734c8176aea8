// Whether an endpoint may be given connections, from what became of earlier ones and from active checks. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/config.h"

namespace realpeer::upstream {

using Clock = std::chrono::steady_clock;

// How an attempt failed. A quick refusal costs the next client nothing; silence costs it its patience.
enum class Failure : std::uint8_t { quick, slow };

enum class State : std::uint8_t {
  up,
  trial,    // its rest is over: one connection at a time, until one succeeds
  resting,  // failed in a row: nobody's first choice until the rest is over
  down,     // active checks fail
};

constexpr std::string_view to_string(State state) {
  switch (state) {
    case State::up: return "up";
    case State::trial: return "on trial";
    case State::resting: return "resting";
    case State::down: return "down";
  }
  return "";
}

class Standing {
 public:
  Standing(const config::Ejection& ejection, const std::optional<config::Health>& health)
      : ejection_(&ejection), health_(health ? &*health : nullptr) {}
  // What is known so far, judged by other settings from now on.
  [[nodiscard]] Standing under(const config::Ejection& ejection, const std::optional<config::Health>& health) const;

  [[nodiscard]] State state(Clock::time_point now) const;
  // How long the present rest is; a rest grows with each that follows it, up to ten times the configured one.
  [[nodiscard]] std::chrono::milliseconds rest() const;
  [[nodiscard]] std::uint32_t failures_in_a_row() const { return failures_; }
  [[nodiscard]] Failure last_failure() const { return last_failure_; }

  // The outcome of a connection attempt or an active check that `began` then; whether the endpoint has thereby become,
  // or ceased to be, a first choice. What began before the last thing known of the endpoint says nothing new: of
  // attempts that fail side by side one counts.
  bool succeeded(Clock::time_point now);
  bool failed(Failure how, Clock::time_point began, Clock::time_point now);
  bool checked(bool good, Clock::time_point began, Clock::time_point now);

 private:
  const config::Ejection* ejection_;
  const config::Health* health_;
  std::uint32_t failures_ = 0;
  std::uint32_t rests_ = 0;  // since the last success; 0: not ejected
  Clock::time_point rests_until_{};
  Failure last_failure_ = Failure::quick;
  Clock::time_point known_since_{};  // of the last outcome that counted
  std::optional<bool> healthy_;      // nothing: not checked yet
  std::uint32_t contrary_ = 0;       // checks in a row that disagree with healthy_
};

}  // namespace realpeer::upstream
