// The daemon: what the host grants it, and its workers.
#pragma once

#include <memory>
#include <vector>

#include "session/host.h"
#include "session/shared_state.h"
#include "session/worker.h"

namespace realpeer::session {

class Server {
 public:
  // It listens nowhere yet. All arguments outlive the server.
  static kernel::Result<std::unique_ptr<Server>> create(Host& host, observe::AccessLog& access_log,
                                                        std::uint32_t workers);

  // Sockets for the addresses of this configuration where the server does not listen yet (session/listening.h).
  kernel::Result<Sockets> listen(const config::Config& config, Sockets at_hand = {}) const;
  // What connects from now on is served by this generation, at what listen() made for it.
  void follow(std::shared_ptr<Generation> generation, Sockets sockets);
  // Where it listens, while it does. Before stop_accepting().
  [[nodiscard]] std::vector<OfferedSocket> sockets() const;
  void start();
  // Those that have connected at these addresses and are not accepted yet are another process's.
  void stop_accepting(const std::vector<net::Endpoint>& served_by_another = {});
  // Of each worker.
  [[nodiscard]] std::vector<std::future<void>> pulses() const;
  // No worker accepts any more, and no connection is left.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::uint32_t active() const { return shared_.connections.active(); }
  [[nodiscard]] SharedState& shared() { return shared_; }
  [[nodiscard]] const SharedState& shared() const { return shared_; }
  [[nodiscard]] observe::RefusalLog& refusal_log() { return shared_.refusal_log; }
  // After the first follow().
  [[nodiscard]] const Generation& generation() const { return *generation_; }
  boost::asio::awaitable<Sight> look(Looking looking) const;
  // Resets the connections that are left.
  void stop();

 private:
  Server(Host& host, observe::AccessLog& access_log);

  SharedState shared_;
  std::shared_ptr<Generation> generation_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool started_ = false;
};

}  // namespace realpeer::session
