#include "upstream/names.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "upstream/refresh.h"

namespace realpeer::upstream {
namespace {

std::string list(const std::vector<net::Address>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + address.to_string();
  return text;
}

// "came 192.0.2.1; went 192.0.2.2, 192.0.2.3".
std::string words(const Difference& difference) {
  std::string text;
  if (!difference.came.empty()) text = "came " + list(difference.came);
  if (!difference.went.empty()) text += (text.empty() ? "went " : "; went ") + list(difference.went);
  return text;
}

std::string what_stays(std::size_t addresses) {
  if (addresses == 0) return "it has no addresses yet";
  if (addresses == 1) return "its last address stays in use";
  return "its last " + std::to_string(addresses) + " addresses stay in use";
}

}  // namespace

Names::Name::Name(std::string name, boost::asio::io_context& context)
    : host(std::move(name)), timer(std::make_shared<boost::asio::steady_timer>(context)) {}

Names::Names(boost::asio::io_context& context, std::unique_ptr<Resolver> resolver)
    : context_(context), resolver_(std::move(resolver)) {}

Names::~Names() = default;

void Names::keep(const std::string& host, Changed changed) {
  auto& name = names_.try_emplace(host, host, context_).first->second;
  name.listeners.push_back(std::move(changed));
}

void Names::start(std::function<void()> first_round_done) {
  first_round_done_ = std::move(first_round_done);
  unanswered_ = names_.size();
  if (names_.empty()) {
    // No look-up will say it: a literal, which is never asked for, stands for one.
    return resolver_->resolve("127.0.0.1", [this](const Resolver::Result&) { std::exchange(first_round_done_, {})(); });
  }
  for (auto& [host, name] : names_) look_up(name);
}

void Names::look_up(Name& name) {
  resolver_->resolve(name.host, [this, &name](Resolver::Result result) { ended(name, std::move(result)); });
}

void Names::ended(Name& name, Resolver::Result result) {
  if (result) {
    take(name, std::move(result->addresses));
    look_up_after(name, delay_after_answer(result->ttl));
  } else {
    miss(name, result.error().why);
    look_up_after(name, delay_after_failures(name.failures));
  }
  if (std::exchange(name.answered, true) || --unanswered_ > 0) return;
  std::exchange(first_round_done_, {})();  // may destroy us
}

void Names::take(Name& name, std::vector<net::Address> addresses) {
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  if (std::exchange(name.failures, 0) > 0) spdlog::info("backend name '{}' resolves again", name.host);
  if (addresses == name.addresses) return;
  spdlog::info("backend name '{}': {}", name.host, words(difference(name.addresses, addresses)));
  name.addresses = std::move(addresses);
  for (const auto& changed : name.listeners) changed(name.addresses);
}

void Names::miss(Name& name, const std::string& why) {
  if (++name.failures > 1) return;  // once is enough until it resolves again
  spdlog::warn("backend name '{}' does not resolve ({}): {}", name.host, why, what_stays(name.addresses.size()));
}

void Names::look_up_after(Name& name, std::chrono::seconds delay) {
  name.timer->expires_after(delay);
  name.timer->async_wait([this, &name, weak = std::weak_ptr(name.timer)](auto error) {
    if (!error && !weak.expired()) look_up(name);
  });
}

}  // namespace realpeer::upstream
