#include "upstream/pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/scalars.h"
#include "upstream/balance.h"

namespace realpeer::upstream {

namespace {

bool full(const Endpoint& endpoint) {
  return endpoint.spec.max_connections > 0 && endpoint.active.load() >= endpoint.spec.max_connections;
}

bool contains(const Pool::Tried& tried, const std::shared_ptr<Endpoint>& endpoint) {
  return std::ranges::find(tried, endpoint) != tried.end();
}

}  // namespace

Endpoint::Endpoint(net::Endpoint where, const config::EndpointSpec& configured, const config::Backend& backend)
    : address(std::move(where)),
      text(net::to_string(address)),
      spec(configured),
      identity(identity_of(text)),
      standing(backend.ejection, backend.health) {}

Pool::Pool(const config::Backend& backend) : backend_(backend), endpoints_(backend.endpoints.size()) {
  for (std::size_t i = 0; i < backend.endpoints.size(); ++i) {
    boost::system::error_code no_literal;
    const auto address = boost::asio::ip::make_address(backend.endpoints[i].host, no_literal);
    if (!no_literal) set_addresses(i, {address});
  }
}

std::shared_ptr<Endpoint> Pool::find(const net::Endpoint& address, const config::EndpointSpec& spec) const {
  for (const auto& of_spec : endpoints_) {
    for (const auto& endpoint : of_spec) {
      if (endpoint->address == address && &endpoint->spec == &spec) return endpoint;
    }
  }
  return nullptr;
}

void Pool::set_addresses(std::size_t spec, const std::vector<net::Address>& addresses) {
  const auto& configured = backend_.endpoints[spec];
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Endpoint>> now;
  for (const net::Address& address : addresses) {
    const net::Endpoint where(address, configured.port);
    auto known = find(where, configured);
    now.push_back(known ? std::move(known) : std::make_shared<Endpoint>(where, configured, backend_));
  }
  endpoints_[spec] = std::move(now);
}

std::vector<std::shared_ptr<Endpoint>> Pool::candidates(const Tried& tried, bool last_resort) const {
  const auto now = Clock::now();
  const auto eligible = [&](const Endpoint& endpoint) {
    switch (endpoint.standing.state(now)) {
      case State::up: return !last_resort;
      case State::trial: return last_resort ? endpoint.standing.last_resort() : !endpoint.on_trial;
      case State::resting: return last_resort && endpoint.standing.last_resort();
      case State::down: return false;
    }
    return false;
  };
  std::vector<std::shared_ptr<Endpoint>> found;
  for (const auto& of_spec : endpoints_) {
    for (const auto& endpoint : of_spec) {
      if (eligible(*endpoint) && !full(*endpoint) && !contains(tried, endpoint)) found.push_back(endpoint);
    }
  }
  return found;
}

boost::system::result<Lease, Pool::NoneLeft> Pool::next(const net::Address& client, const Tried& tried) {
  const std::lock_guard lock(mutex_);
  auto found = candidates(tried, false);
  if (found.empty()) found = candidates(tried, true);
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
  chosen->on_trial = chosen->standing.state(Clock::now()) == State::trial;
  return Lease(chosen);
}

void Pool::succeeded(Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoint.on_trial = false;
  ++endpoint.connections;
  if (!endpoint.standing.succeeded()) return;
  endpoint.last_failure.clear();
  spdlog::info("backend '{}': endpoint {} takes connections again", backend_.name, endpoint.text);
}

void Pool::failed(Endpoint& endpoint, Failure how, const std::string& why) {
  const std::lock_guard lock(mutex_);
  endpoint.on_trial = false;
  ++endpoint.failures;
  endpoint.last_failure = why;
  if (!endpoint.standing.failed(how, Clock::now())) return;
  spdlog::warn(
      "backend '{}': endpoint {} rests for {} after {} failed connects in a row, and longer when the next fails "
      "too: {}",
      backend_.name, endpoint.text, config::to_string(endpoint.standing.rest()), endpoint.standing.failures_in_a_row(),
      why);
}

void Pool::undecided(Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  endpoint.on_trial = false;
}

void Pool::checked(Endpoint& endpoint, bool good, const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!good) endpoint.last_failure = why;
  if (!endpoint.standing.checked(good)) return;
  if (good) {
    endpoint.last_failure.clear();
    spdlog::info("backend '{}': endpoint {} is up again: its health checks succeed", backend_.name, endpoint.text);
  } else {
    spdlog::warn("backend '{}': endpoint {} is down: its health checks fail: {}", backend_.name, endpoint.text, why);
  }
}

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
  const auto add = [&text](const std::string& endpoint, const std::string& why) {
    text += (text.empty() ? "" : "; ") + endpoint + ": " + why;
  };
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (endpoints_[i].empty()) add(backend_.endpoints[i].to_string(), "the name does not resolve");
    for (const auto& endpoint : endpoints_[i]) {
      if (contains(tried, endpoint)) continue;
      const EndpointStatus status = status_of(*endpoint);
      if (full(*endpoint)) {
        add(status.endpoint, "full: max_connections " + std::to_string(endpoint->spec.max_connections));
      } else {
        add(status.endpoint, status.state + ": " + status.why);
      }
    }
  }
  return text;
}

}  // namespace realpeer::upstream
