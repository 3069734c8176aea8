// The daemon, from its configuration to its end.
#pragma once

#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/control.h"
#include "daemon/fixed.h"
#include "daemon/lifetime.h"
#include "daemon/notify.h"
#include "daemon/reload.h"
#include "daemon/succession.h"
#include "daemon/successor.h"
#include "daemon/watch.h"
#include "session/interface_follower.h"
#include "session/refusal_teller.h"

namespace realpeer::daemon {

class Gateway {
 public:
  struct Options {
    std::string file;  // the configuration
    std::uint32_t workers = 1;
    std::string control;  // the path of the control socket
    bool take_over = false;
    bool watch = false;
    Invocation invocation{};
  };
  // Owns what it takes from the host, and listens; nothing is served yet, and nothing has changed for a daemon that is
  // to be taken over from. The error is for the operator.
  static kernel::Result<std::unique_ptr<Gateway>> create(Options options, config::Loaded loaded);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Serves until a signal, or whoever took over, ends it. The error says why it serves nobody.
  kernel::Result<void> run();

 private:
  Gateway(Options options, const config::Config& config) : options_(std::move(options)), made_(Made::of(config)) {}

  kernel::Result<void> prepare(config::Loaded loaded);
  kernel::Result<void> prepare_host(const config::Config& config);
  kernel::Result<session::Sockets> listen(const config::Config& config);
  kernel::Result<void> listen_for_admin();
  void listen_for_commands();
  kernel::Result<void> take_over();
  admin::Daemon told();
  void serve();

  Reloaded reload();
  boost::asio::awaitable<Reloaded> upgrade();
  std::vector<Offered> offer() const;
  boost::json::object hand_over(const boost::json::object& word);
  void log_status();
  void follow_interfaces();
  [[nodiscard]] std::vector<std::string> watched() const;
  [[nodiscard]] std::string status() const;

  const Options options_;
  const Made made_;
  boost::asio::io_context context_{1};
  Lifetime lifetime_{context_};
  std::optional<Inherited> inherited_;
  std::optional<boost::asio::posix::stream_descriptor> predecessor_;
  std::unique_ptr<observe::AccessLog> access_log_;
  std::optional<session::Host> host_;
  std::unique_ptr<session::Server> server_;
  std::optional<Serving> serving_;
  std::optional<session::InterfaceFollower> follower_;
  std::unique_ptr<Control> control_;
  std::optional<Watch> watch_;
  std::optional<Watchdog> watchdog_;
  Successor successor_{context_, [this] {
                         spdlog::error("the process that serves in our place has ended: we end, to be started again");
                         lifetime_.stop();
                       }};
  bool handed_over_ = false;
  admin::Reloads reloads_;
};

}  // namespace realpeer::daemon
