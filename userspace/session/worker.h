// One thread of the daemon: its listeners, its sessions and its data paths.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>

#include "datapath/pump.h"
#include "kernel/result.h"
#include "session/looking.h"
#include "session/shared_state.h"
#include "session/worker_state.h"

namespace realpeer::session {

class Worker {
 public:
  // Listens on every listener of the configuration; the kernel spreads connections over the workers (SO_REUSEPORT).
  static kernel::Result<std::unique_ptr<Worker>> create(SharedState& shared, std::uint32_t index);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();  // stop() first, if start()ed

  void start();
  // Accepts what has connected already, and no more; connections go on. From any thread.
  void stop_accepting();
  // stop_accepting() is done. From any thread.
  [[nodiscard]] bool deaf() const { return deaf_.load(); }
  // From any thread; done on this worker's.
  boost::asio::awaitable<Sight> look(Looking looking);
  // Ends the thread; resets the connections that are left.
  void stop();

 private:
  struct Listening {
    boost::asio::ip::tcp::acceptor acceptor;
    const config::Listener& listener;
    Ceiling& ceiling;
    observe::ListenerTally& tally;
  };

  explicit Worker(SharedState& shared) : shared_(shared) {}
  boost::asio::awaitable<void> accept(Listening& listening);
  void accept_rest(Listening& listening);
  void begin(Listening& listening, boost::asio::ip::tcp::socket socket, const net::Endpoint& peer);

  SharedState& shared_;
  Live live_;  // outlives the coroutines, which the context destroys
  boost::asio::io_context context_{1};
  std::unique_ptr<datapath::Pump> pump_;
  std::unique_ptr<WorkerState> state_;
  std::deque<Listening> listening_;
  std::atomic<bool> deaf_{false};
  std::jthread thread_;
};

// An acceptor bound as the listener says. The error names the listener, its place in the configuration and the cause.
// Without `share_port` the bind fails when anyone else listens there, another realpeer included.
kernel::Result<boost::asio::ip::tcp::acceptor> bind_listener(boost::asio::io_context& context,
                                                             const config::Listener& listener, bool share_port);

}  // namespace realpeer::session
