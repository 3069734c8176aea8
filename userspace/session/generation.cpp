#include "session/generation.h"

#include <algorithm>

namespace realpeer::session {

namespace {

std::shared_ptr<ListenerState> state_of(const std::string& listener, const Generation* before) {
  if (before != nullptr) {
    for (std::size_t i = 0; i < before->listeners.size(); ++i) {
      if (before->config.listeners[i].name == listener) return before->listeners[i];
    }
  }
  return std::make_shared<ListenerState>();
}

}  // namespace

Generation::Generation(SharedState& of_daemon, config::Loaded loaded, std::unique_ptr<Certificates> loaded_certificates,
                       upstream::Pools of_backends, const Generation* before)
    : shared(of_daemon),
      config(std::move(loaded.config)),
      lint(std::move(loaded.diagnostics)),
      files(std::move(loaded.files)),
      certificates(std::move(loaded_certificates)),
      pools(std::move(of_backends)) {
  for (const auto& listener : config.listeners) listeners.push_back(state_of(listener.name, before));
  for (const auto& backend : config.backends) complaints.try_emplace(backend.name);
}

void Generation::adopt() {
  const auto most = shared.most_connections;
  shared.connections.set(most == 0 ? config.limits.connections : std::min(config.limits.connections, most));
  shared.handshakes.set(config.limits.handshakes);
  for (std::size_t i = 0; i < listeners.size(); ++i) listeners[i]->connections.set(config.listeners[i].max_connections);
  shared.refusal_log.cover(config.listeners);
}

}  // namespace realpeer::session
