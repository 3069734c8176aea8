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

Server::Server(Host& host, observe::AccessLog& access_log)
    : shared_{.access_log = access_log,
              .splice = host.splice(),
              .clients = host.clients(),
              .names = host.names(),
              .run = random_number()} {}

kernel::Result<std::unique_ptr<Server>> Server::create(Host& host, observe::AccessLog& access_log,
                                                       std::uint32_t workers) {
  std::unique_ptr<Server> server(new Server(host, access_log));
  for (std::uint32_t index = 0; index < workers; ++index) {
    auto worker = Worker::create(server->shared_, index);
    if (!worker) return worker.error();
    server->workers_.push_back(std::move(*worker));
  }
  return server;
}

kernel::Result<Sockets> Server::listen(const config::Config& config, Sockets at_hand) const {
  std::vector<net::Endpoint> known;
  if (generation_) {
    for (const auto& listener : generation_->config.listeners) known.push_back(listener.bind);
  }
  return session::listen(config.listeners, static_cast<std::uint32_t>(workers_.size()), known, at_hand);
}

void Server::follow(std::shared_ptr<Generation> generation, Sockets sockets) {
  generation->adopt();
  std::vector<Sockets> shares(workers_.size());
  for (auto& [bind, of_address] : sockets) {
    for (std::size_t i = 0; i < of_address.size(); ++i) {
      shares[i % shares.size()][bind].push_back(std::move(of_address[i]));
    }
  }
  std::vector<std::future<void>> done;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    done.push_back(workers_[i]->follow(generation, std::move(shares[i])));
  }
  generation_ = std::move(generation);
  if (!started_) return;
  for (auto& one : done) one.get();
}

std::vector<OfferedSocket> Server::sockets() const {
  std::vector<OfferedSocket> all;
  for (const auto& worker : workers_) {
    auto some = worker->sockets().get();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void Server::start() {
  started_ = true;
  for (auto& worker : workers_) worker->start();
}

std::vector<std::future<void>> Server::pulses() const {
  std::vector<std::future<void>> asked;
  for (const auto& worker : workers_) asked.push_back(worker->pulse());
  return asked;
}

void Server::stop_accepting(const std::vector<net::Endpoint>& served_by_another) {
  for (auto& worker : workers_) worker->stop_accepting(served_by_another);
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
