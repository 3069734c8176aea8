// One thread of the daemon: its listeners, its sessions and its data paths.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <future>
#include <list>
#include <memory>
#include <thread>

#include "datapath/pump.h"
#include "kernel/result.h"
#include "session/generation.h"
#include "session/listening.h"
#include "session/looking.h"
#include "session/worker_state.h"

namespace realpeer::session {

class Worker {
 public:
  static kernel::Result<std::unique_ptr<Worker>> create(SharedState& shared, std::uint32_t index);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();  // stop() first, if start()ed

  void start();
  // Serves what connects from now on by this generation, at the sockets that it has and at those given. A socket whose
  // address the generation does not name is closed, when those that have connected to it are taken. From any thread;
  // ready when it is done, which start()ed workers do at once.
  std::future<void> follow(std::shared_ptr<Generation> generation, Sockets sockets);
  // Where it listens. From any thread.
  std::future<std::vector<OfferedSocket>> sockets();
  // Ready when the worker has come to it. From any thread.
  std::future<void> pulse();
  // Accepts what has connected already, and no more; connections go on. Those that wait at these addresses are left to
  // another process, which has the same sockets. From any thread.
  void stop_accepting(std::vector<net::Endpoint> served_by_another);
  // stop_accepting() is done. From any thread.
  [[nodiscard]] bool deaf() const { return deaf_.load(); }
  // From any thread; done on this worker's.
  boost::asio::awaitable<Sight> look(Looking looking);
  // Ends the thread; resets the connections that are left.
  void stop();

 private:
  struct Listening {
    boost::asio::ip::tcp::acceptor acceptor;
    net::Endpoint bind;
    std::shared_ptr<Generation> generation;
    std::size_t index;  // of the listener in it
  };

  explicit Worker(SharedState& shared) : shared_(shared) {}
  boost::asio::awaitable<void> accept(std::shared_ptr<Listening> listening);
  void accept_rest(Listening& listening);
  // `for_good`: nobody else listens on this socket.
  void close(Listening& listening, bool for_good);
  void begin(const Listening& listening, boost::asio::ip::tcp::socket socket, const net::Endpoint& peer);
  void take(const std::shared_ptr<Generation>& generation, Sockets sockets);

  SharedState& shared_;
  Live live_;  // outlives the coroutines, which the context destroys
  boost::asio::io_context context_{1};
  std::unique_ptr<datapath::Pump> pump_;
  std::unique_ptr<WorkerState> state_;
  std::list<std::shared_ptr<Listening>> listening_;
  std::atomic<bool> deaf_{false};
  std::jthread thread_;
};

}  // namespace realpeer::session
