#include "upstream/pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "config/scalars.h"
#include "upstream/balance.h"

namespace realpeer::upstream {

namespace {

constexpr std::size_t most_addresses = 64;  // of one name
constexpr std::size_t most_reasons = 8;
constexpr std::chrono::seconds between_lines{1};  // of one endpoint in the log, after the first ten
constexpr std::chrono::seconds between_silences{1};

bool full(const Endpoint& endpoint) {
  return endpoint.spec.max_connections > 0 && endpoint.active.load() >= endpoint.spec.max_connections;
}

bool contains(const Pool::Tried& tried, const Endpoint& endpoint) {
  return std::ranges::any_of(tried, [&](const auto& other) { return other.get() == &endpoint; });
}

// An endpoint that flaps must not fill the log. With the pool's lock held.
spdlog::level::level_enum level_of(Endpoint& endpoint, spdlog::level::level_enum usual) {
  const auto now = Clock::now();
  if (endpoint.told_until > now + 10 * between_lines) return spdlog::level::debug;
  endpoint.told_until = std::max(endpoint.told_until, now) + between_lines;
  return usual;
}

}  // namespace

// --- Leases -------------------------------------------------------------------------------------------------------

Lease::Lease(Pool& pool, std::shared_ptr<Endpoint> endpoint, std::size_t others, bool trial)
    : pool_(&pool), endpoint_(std::move(endpoint)), others_(others), began_(Clock::now()), trial_(trial) {
  endpoint_->active.fetch_add(1);
}

Lease::Lease(Lease&& other) noexcept
    : pool_(other.pool_),
      endpoint_(std::exchange(other.endpoint_, nullptr)),
      others_(other.others_),
      began_(other.began_),
      trial_(std::exchange(other.trial_, false)) {}

void Lease::succeeded() { pool_->succeeded(*endpoint_, std::exchange(trial_, false)); }

void Lease::failed(Failure how, const std::string& why) {
  pool_->failed(*endpoint_, std::exchange(trial_, false), how, began_, why);
}

void Lease::release() {
  if (!endpoint_) return;
  if (trial_) pool_->undecided(*endpoint_, std::exchange(trial_, false));
  endpoint_->active.fetch_sub(1);
  endpoint_.reset();
}

// --- Endpoints ----------------------------------------------------------------------------------------------------

Endpoint::Endpoint(net::Endpoint where, config::EndpointSpec configured, const config::Backend& backend)
    : address(std::move(where)),
      text(net::to_string(address)),
      spec(std::move(configured)),
      identity(identity_of(text)),
      standing(backend.ejection, backend.health) {}

Endpoint::Endpoint(const Endpoint& other, config::EndpointSpec configured, const config::Backend& backend)
    : address(other.address),
      text(other.text),
      spec(std::move(configured)),
      identity(other.identity),
      count(other.count),
      standing(other.standing.under(backend.ejection, backend.health)),
      connections(other.connections),
      failures(other.failures),
      last_failure(other.last_failure),
      told_until(other.told_until) {}

Pool::Pool(config::Backend backend, const Pool* before)
    : backend_(std::move(backend)), endpoints_(backend_.endpoints.size()) {
  if (before != nullptr) inherit(*before);
  for (std::size_t i = 0; i < backend_.endpoints.size(); ++i) {
    boost::system::error_code no_literal;
    const auto address = boost::asio::ip::make_address(backend_.endpoints[i].host, no_literal);
    if (!no_literal) set_addresses(i, {address});
  }
}

// An address that stands in several places is one to the kernel and several to us: each finds its own again.
void Pool::inherit(const Pool& before) {
  const std::lock_guard lock(before.mutex_);
  std::vector<bool> taken(before.endpoints_.size(), false);
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    const auto& now = backend_.endpoints[i];
    for (std::size_t j = 0; j < taken.size(); ++j) {
      const auto& then = before.backend_.endpoints[j];
      if (taken[j] || then.host != now.host || then.port != now.port) continue;
      taken[j] = true;
      for (const auto& known : before.endpoints_[j]) {
        endpoints_[i].push_back(std::make_shared<Endpoint>(*known, now, backend_));
      }
      break;
    }
  }
  last_silence_ = before.last_silence_;
}

std::shared_ptr<Endpoint> Pool::take_known(const net::Endpoint& address, const config::EndpointSpec& spec) {
  const auto found = std::ranges::find_if(
      departed_, [&](const auto& endpoint) { return endpoint->address == address && endpoint->spec == spec; });
  if (found == departed_.end()) return nullptr;
  auto known = std::move(*found);
  departed_.erase(found);
  return known;
}

void Pool::forget_departed() {
  const auto now = Clock::now();
  std::erase_if(departed_, [now](const auto& endpoint) {
    const State state = endpoint->standing.state(now);
    return endpoint->active.load() == 0 && state != State::resting && state != State::down;
  });
}

void Pool::set_addresses(std::size_t spec, const std::vector<net::Address>& addresses) {
  const auto& configured = backend_.endpoints[spec];
  const std::lock_guard lock(mutex_);
  departed_.insert(departed_.end(), endpoints_[spec].begin(), endpoints_[spec].end());
  std::vector<std::shared_ptr<Endpoint>> now;
  for (const net::Address& address : addresses) {
    if (now.size() == most_addresses) break;
    const net::Endpoint where(address, configured.port);
    auto known = take_known(where, configured);
    now.push_back(known ? std::move(known) : std::make_shared<Endpoint>(where, configured, backend_));
  }
  endpoints_[spec] = std::move(now);
  forget_departed();
}

// --- Choosing -----------------------------------------------------------------------------------------------------

template <typename Eligible>
std::vector<std::shared_ptr<Endpoint>> Pool::select(const Tried& tried, Eligible eligible) const {
  std::vector<std::shared_ptr<Endpoint>> found;
  for (const auto& of_spec : endpoints_) {
    for (const auto& endpoint : of_spec) {
      if (eligible(*endpoint) && !full(*endpoint) && !contains(tried, *endpoint)) found.push_back(endpoint);
    }
  }
  return found;
}

std::vector<std::shared_ptr<Endpoint>> Pool::first_choices(const Tried& tried) const {
  return select(tried, [now = Clock::now()](const Endpoint& endpoint) {
    const State state = endpoint.standing.state(now);
    return state == State::up || (state == State::trial && !endpoint.on_trial);
  });
}

std::vector<std::shared_ptr<Endpoint>> Pool::last_resorts(const Tried& tried) const {
  const auto now = Clock::now();
  const bool patient = now >= last_silence_ + between_silences;
  return select(tried, [now, patient](const Endpoint& endpoint) {
    if (endpoint.standing.state(now) == State::down) return false;
    return endpoint.standing.last_failure() == Failure::quick || (patient && !endpoint.on_trial);
  });
}

boost::system::result<Lease, Pool::NoneLeft> Pool::next(const net::Address& client, const Tried& tried) {
  const std::lock_guard lock(mutex_);
  auto found = first_choices(tried);
  if (found.empty()) found = last_resorts(tried);
  if (found.empty()) return NoneLeft{reasons(tried)};
  std::vector<Candidate> choices;
  choices.reserve(found.size());
  for (const auto& endpoint : found) {
    choices.push_back({.weight = endpoint->spec.weight,
                       .active = endpoint->active.load(),
                       .identity = endpoint->identity,
                       .credit = &endpoint->credit});
  }
  const auto& chosen = found[choose(backend_.balance, choices, client)];
  const bool trial = chosen->standing.state(Clock::now()) != State::up && !std::exchange(chosen->on_trial, true);
  return Lease(*this, chosen, found.size() - 1, trial);
}

// --- What became of it --------------------------------------------------------------------------------------------

void Pool::succeeded(Endpoint& endpoint, bool trial) {
  std::unique_lock lock(mutex_);
  if (trial) endpoint.on_trial = false;
  ++endpoint.connections;
  if (!endpoint.standing.succeeded(Clock::now())) return;
  endpoint.last_failure.clear();
  const auto level = level_of(endpoint, spdlog::level::info);
  lock.unlock();
  spdlog::log(level, "backend '{}': endpoint {} takes connections again", backend_.name, endpoint.text);
}

void Pool::failed(Endpoint& endpoint, bool trial, Failure how, Clock::time_point began, const std::string& why) {
  std::unique_lock lock(mutex_);
  if (trial) endpoint.on_trial = false;
  ++endpoint.failures;
  endpoint.last_failure = why;
  if (how == Failure::slow) last_silence_ = Clock::now();
  if (!endpoint.standing.failed(how, began, Clock::now())) return;
  const auto rest = endpoint.standing.rest();
  const auto failures = endpoint.standing.failures_in_a_row();
  const auto level = level_of(endpoint, spdlog::level::warn);
  lock.unlock();
  spdlog::log(
      level,
      "backend '{}': endpoint {} rests for {} after {} failed connects in a row, and longer when the next fails "
      "too: {}",
      backend_.name, endpoint.text, config::to_string(rest), failures, why);
}

void Pool::undecided(Endpoint& endpoint, bool trial) {
  const std::lock_guard lock(mutex_);
  if (trial) endpoint.on_trial = false;
}

void Pool::checked(Endpoint& endpoint, bool good, const std::string& why, Clock::time_point began) {
  std::unique_lock lock(mutex_);
  if (!good) endpoint.last_failure = why;
  if (!endpoint.standing.checked(good, began, Clock::now())) return;
  if (good) endpoint.last_failure.clear();
  const auto level = level_of(endpoint, good ? spdlog::level::info : spdlog::level::warn);
  lock.unlock();
  if (good) {
    spdlog::log(level, "backend '{}': endpoint {} is up again: its health checks succeed", backend_.name,
                endpoint.text);
  } else {
    spdlog::log(level, "backend '{}': endpoint {} is down: its health checks fail: {}", backend_.name, endpoint.text,
                why);
  }
}

// --- Telling ------------------------------------------------------------------------------------------------------

std::vector<std::shared_ptr<Endpoint>> Pool::endpoints() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Endpoint>> all;
  for (const auto& of_spec : endpoints_) all.insert(all.end(), of_spec.begin(), of_spec.end());
  return all;
}

EndpointStatus Pool::status_of(const Endpoint& endpoint) const {
  const State state = endpoint.standing.state(Clock::now());
  return {.endpoint = endpoint.text,
          .name = endpoint.spec.to_string(),
          .state = std::string(to_string(state)),
          .why = state == State::up ? std::string() : endpoint.last_failure,
          .active = endpoint.active.load(),
          .connections = endpoint.connections,
          .failures = endpoint.failures};
}

std::vector<EndpointStatus> Pool::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<EndpointStatus> all;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    const std::string name = backend_.endpoints[i].to_string();
    if (endpoints_[i].empty()) {
      all.push_back({.endpoint = name, .name = name, .state = "unresolved", .why = "the name does not resolve"});
    }
    for (const auto& endpoint : endpoints_[i]) all.push_back(status_of(*endpoint));
  }
  return all;
}

std::string Pool::reasons(const Tried& tried) const {
  std::string text;
  std::size_t count = 0;
  const auto add = [&](const std::string& endpoint, const std::string& why) {
    if (++count <= most_reasons) text += (text.empty() ? "" : "; ") + endpoint + ": " + why;
  };
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (endpoints_[i].empty()) add(backend_.endpoints[i].to_string(), "the name does not resolve");
    for (const auto& endpoint : endpoints_[i]) {
      if (contains(tried, *endpoint)) continue;
      const EndpointStatus status = status_of(*endpoint);
      add(status.endpoint, full(*endpoint) ? "full: max_connections " + std::to_string(endpoint->spec.max_connections)
                                           : status.state + ": " + status.why);
    }
  }
  if (count > most_reasons) text += "; and " + std::to_string(count - most_reasons) + " more";
  return text;
}

}  // namespace realpeer::upstream
