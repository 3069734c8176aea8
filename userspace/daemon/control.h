// The daemon's end of the control socket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/message.h"
#include "daemon/reload.h"
#include "kernel/socket_file.h"

namespace realpeer::daemon {

// What a daemon gives to the one that takes over; the descriptors stay its own.
struct Offered {
  boost::json::object body{};
  std::vector<int> descriptors{};
};

// One peer, one question: {"do": "reload"}, {"do": "upgrade"}, or {"do": "take-over"}, on which {"do": "ready"}
// and {"do": "serving"} follow (daemon/succession.h).
class Control {
 public:
  struct Answers {
    std::function<Reloaded()> reload;
    std::function<boost::asio::awaitable<Reloaded>()> upgrade;
    std::function<std::vector<Offered>()> offer;
    std::function<boost::json::object(const boost::json::object&)> hand_over;  // the other daemon serves
  };

  // Listens; answers once the context, which outlives it, runs. `replace`: another daemon, from which this one takes
  // over, listens there.
  static kernel::Result<std::unique_ptr<Control>> listen(boost::asio::io_context& context, const std::string& path,
                                                         bool replace, Answers answers);
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control();

  // Somebody waits for an answer.
  [[nodiscard]] bool busy() const;
  // Another process is about to take over, or has done so.
  [[nodiscard]] bool taking_over() const;

 private:
  struct Shared;

  Control(std::shared_ptr<Shared> shared, kernel::SocketFile file)
      : shared_(std::move(shared)), file_(std::move(file)) {}

  std::shared_ptr<Shared> shared_;  // with the coroutines, which end with the context
  kernel::SocketFile file_;
};

}  // namespace realpeer::daemon
