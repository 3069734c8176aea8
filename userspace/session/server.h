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
  // Binds every listener. Nothing is accepted yet; an error leaves nothing behind. All arguments outlive the server.
  static kernel::Result<std::unique_ptr<Server>> create(const config::Config& config, Host& host,
                                                        upstream::Upstreams& upstreams,
                                                        const Certificates& certificates,
                                                        observe::AccessLog& access_log, std::uint32_t workers);

  void start();
  void stop_accepting();
  // No worker accepts any more, and no connection is left.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] std::uint32_t active() const { return shared_.connections.active(); }
  [[nodiscard]] const SharedState& shared() const { return shared_; }
  [[nodiscard]] observe::RefusalLog& refusal_log() { return shared_.refusal_log; }
  boost::asio::awaitable<Sight> look(Looking looking) const;
  // Resets the connections that are left.
  void stop();

 private:
  Server(const config::Config& config, Host& host, upstream::Upstreams& upstreams, const Certificates& certificates,
         observe::AccessLog& access_log);

  SharedState shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace realpeer::session
