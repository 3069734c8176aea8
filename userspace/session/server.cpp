#include "session/server.h"

#include <algorithm>
#include <random>

namespace realpeer::session {

namespace {

std::uint64_t random_number() {
  std::random_device source;
  return std::uint64_t{source()} << 32U | source();
}

}  // namespace

Server::Server(const config::Config& config, Host& host, upstream::Upstreams& upstreams,
               const Certificates& certificates, observe::AccessLog& access_log)
    : shared_{.config = config,
              .access_log = access_log,
              .upstreams = upstreams,
              .splice = host.splice(),
              .clients = host.clients(),
              .names = host.names(),
              .admission = host.admission(),
              .certificates = &certificates,
              .run = random_number()} {
  for (const auto& listener : config.listeners) {
    shared_.listeners.emplace_back(listener.max_connections);
    shared_.tallies.emplace_back();
  }
  for (const auto& backend : config.backends) shared_.complaints.try_emplace(backend.name);
}

kernel::Result<std::unique_ptr<Server>> Server::create(const config::Config& config, Host& host,
                                                       upstream::Upstreams& upstreams, const Certificates& certificates,
                                                       observe::AccessLog& access_log, std::uint32_t workers) {
  std::unique_ptr<Server> server(new Server(config, host, upstreams, certificates, access_log));
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

boost::asio::awaitable<Sight> Server::look(Looking looking) const {
  Sight all;
  for (const auto& worker : workers_) {
    auto sight = co_await worker->look(looking);
    all.add(std::move(sight), looking.limit);
  }
  co_return all;
}

void Server::stop() {
  for (auto& worker : workers_) worker->stop();
}

}  // namespace realpeer::session
