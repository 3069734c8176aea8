#include "session/server.h"

#include <algorithm>

namespace realpeer::session {

kernel::Result<std::unique_ptr<Server>> Server::create(const config::Config& config, Host& host,
                                                       observe::AccessLog& access_log, std::uint32_t workers) {
  std::unique_ptr<Server> server(new Server(config, host, access_log));
  for (const auto& backend : config.backends) server->shared_.backends.emplace_back(backend);
  {
    // Our own workers share each port; nobody else may.
    boost::asio::io_context context;
    for (const auto& listener : config.listeners) {
      const auto probe = bind_listener(context, listener, false);
      if (!probe) return probe.error();
    }
  }
  for (std::uint32_t index = 0; index < workers; ++index) {
    auto worker = Worker::create(server->shared_, index);
    if (!worker) return worker.error();
    server->workers_.push_back(std::move(*worker));
  }
  return server;
}

void Server::start() {
  for (auto& worker : workers_) worker->start();
}

void Server::stop_accepting() {
  for (auto& worker : workers_) worker->stop_accepting();
}

bool Server::idle() const {
  return std::ranges::all_of(workers_, [](const auto& worker) { return worker->deaf(); }) && active() == 0;
}

void Server::stop() {
  for (auto& worker : workers_) worker->stop();
}

}  // namespace realpeer::session
