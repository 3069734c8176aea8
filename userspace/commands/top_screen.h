// `realpeer top` on a terminal: keys, signals and samples, as they come.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <string>

#include "admin_client/client.h"
#include "console/top.h"
#include "terminal/screen.h"

namespace realpeer::commands {

// With the newest connections, so many.
admin_client::Result<console::Sample> take_sample(admin_client::Client& client, std::size_t connections);

class TopScreen {
 public:
  TopScreen(admin_client::Client& client, terminal::Screen& screen, std::chrono::milliseconds interval,
            console::Sample first);

  // Draws until `q` or a signal ends it; then the terminal is as it was.
  void run();

 private:
  void wait_for_key();
  void wait_for_signal();
  void wait_for_time();
  void press(char key);
  void suspend();
  void take(admin_client::Result<console::Sample> sample);
  void ask();
  void draw();

  admin_client::Client& client_;  // used in `asking_` alone
  terminal::Screen& screen_;
  std::chrono::milliseconds interval_;
  console::History history_;
  std::string trouble_;
  console::Order order_ = console::Order::newest;
  bool paused_ = false;
  bool under_way_ = false;                         // a sample
  std::chrono::steady_clock::time_point asked_{};  // for the last one

  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor keys_;
  boost::asio::steady_timer timer_{context_};
  boost::asio::thread_pool asking_{1};  // so that a daemon that is silent leaves keys alone
};

}  // namespace realpeer::commands
