// The process that this daemon starts to be replaced by.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/result.h"

namespace realpeer::daemon {

// How this process was started, to be remembered before the program's file is replaced.
struct Invocation {
  std::string program;                 // its path
  std::vector<std::string> arguments;  // the first is its name

  static Invocation current();
};

class Successor {
 public:
  // `lost` is called when the process that serves in our place, and that we have started, ends
  // otherwise than in order.
  Successor(boost::asio::io_context& context, std::function<void()> lost) : outcome_(context), lost_(std::move(lost)) {}

  // Starts the program that is at the path now, with these arguments and `--take-over`, and waits until it serves
  // (served()) or ends, which is an error, as silence is.
  boost::asio::awaitable<kernel::Result<void>> start(const Invocation& invocation);
  // start() has not ended.
  [[nodiscard]] bool starting() const { return starting_; }
  // Somebody serves in our place.
  void served();

 private:
  void wait_for_end(const std::shared_ptr<boost::asio::posix::stream_descriptor>& process, int pid);

  boost::asio::steady_timer outcome_;
  std::function<void()> lost_;
  int pid_ = -1;  // of the last one
  bool starting_ = false;
  bool served_ = false;
  std::optional<int> status_;  // of waitpid(2)
};

}  // namespace realpeer::daemon
