#include "upstream/upstreams.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "upstream/health.h"

namespace realpeer::upstream {

namespace {

// For the first addresses. Most resolvers answer in milliseconds, and one that does not must not hold up the rest.
constexpr std::chrono::seconds longest_wait{1};

bool is_literal(const std::string& host) {
  boost::system::error_code no_literal;
  boost::asio::ip::make_address(host, no_literal);
  return !no_literal;
}

}  // namespace

boost::system::result<std::unique_ptr<Upstreams>, Unresolved> Upstreams::create(const config::Config& config,
                                                                                const Pools& before) {
  std::unique_ptr<Upstreams> upstreams(new Upstreams(config, before));
  auto resolver = Resolver::create(upstreams->context_);
  if (!resolver) return resolver.error();
  upstreams->names_ = std::make_unique<Names>(upstreams->context_, std::move(*resolver));
  upstreams->keep_names();
  return upstreams;
}

Upstreams::Upstreams(const config::Config& config, const Pools& before) {
  for (const config::Backend& backend : config.backends) {
    const auto found = before.find(backend.name);
    const auto known = found == before.end() ? nullptr : found->second;
    const bool unchanged = known && known->backend() == backend;
    pools_[backend.name] = unchanged ? known : std::make_shared<Pool>(backend, known.get());
  }
}

void Upstreams::keep_names() {
  for (const auto& [name, pool] : pools_) {
    const auto& specs = pool->backend().endpoints;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (is_literal(specs[i].host)) continue;
      names_->keep(specs[i].host, [&pool = *pool, i](const auto& addresses) { pool.set_addresses(i, addresses); });
    }
  }
}

Upstreams::~Upstreams() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Upstreams::start() {
  // Shared: the answer may come after the patience is over.
  const auto resolved = std::make_shared<std::promise<void>>();
  auto first_round = resolved->get_future();
  names_->start([resolved] { resolved->set_value(); });
  for (const auto& [name, pool] : pools_) {
    if (pool->backend().health) boost::asio::co_spawn(context_, keep_checking(*pool), boost::asio::detached);
  }
  thread_ = std::jthread([this] {
    const auto forever = boost::asio::make_work_guard(context_);
    run_guarded();
  });
  first_round.wait_for(longest_wait);
}

// What one name or check does wrong (memory) must not end the care for the others, nor the daemon.
void Upstreams::run_guarded() {
  while (!context_.stopped()) {
    try {
      context_.run();
    } catch (const std::exception& exception) {
      spdlog::error("the care for backends met an unexpected error: {}", exception.what());
    }
  }
}

void Upstreams::log_status() const {
  for (const auto& [name, pool] : pools_) {
    for (const EndpointStatus& status : pool->status()) {
      spdlog::info("backend '{}': endpoint {} ({}) is {}{}{}: {} connections open, {} made, {} attempts failed", name,
                   status.endpoint, status.name, status.state, status.why.empty() ? "" : ": ", status.why,
                   status.active, status.connections, status.failures);
    }
  }
}

}  // namespace realpeer::upstream
