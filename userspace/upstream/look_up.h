// One look-up by c-ares on an io_context: a channel, the sockets it opens and its timer.
#pragma once

#include <ares.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "upstream/resolver.h"

namespace realpeer::upstream {

// Has a channel of its own, which costs some reading of small files, and buys: the configuration as it is now, sockets
// whose source address is that of now (c-ares keeps a socket as long as any question is open on a channel, so names
// that fail in turn would keep one that can no longer reach the server), and an end that disturbs no other look-up.
class LookUp {
 public:
  using Done = std::function<void(Resolver::Result)>;

  // `done` is called once, perhaps inside start(), and must not destroy the look-up: c-ares cannot bear that.
  LookUp(boost::asio::io_context& context, const ResolverOptions& options, std::string host, Done done);
  LookUp(const LookUp&) = delete;
  LookUp& operator=(const LookUp&) = delete;
  ~LookUp();  // `done` is not called any more

  void start();

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;
  struct Direction {
    bool wanted = false;   // by c-ares
    bool awaited = false;  // a wait is under way
  };
  // Borrows a socket of c-ares: released before c-ares closes it, never closed here.
  struct Watch {
    explicit Watch(boost::asio::io_context& context) : descriptor(context) {}
    Descriptor descriptor;
    std::array<Direction, 2> directions;  // by Descriptor::wait_type: read, write
  };
  struct Destroy {
    void operator()(ares_channel channel) const { ares_destroy(channel); }
  };

  int open_channel();
  // Out of memory they end the process: nothing may unwind through c-ares.
  // NOLINTBEGIN(bugprone-exception-escape)
  static void on_socket(void* self, ares_socket_t socket, int readable, int writable) noexcept;
  static void on_answer(void* self, int status, int timeouts, ares_addrinfo* found) noexcept;
  // NOLINTEND(bugprone-exception-escape)
  void watch(ares_socket_t socket, bool readable, bool writable);
  void await(const std::shared_ptr<Watch>& watch, Descriptor::wait_type direction);
  void arm_timer();
  void on_timer();
  void finish(Resolver::Result result);

  boost::asio::io_context& context_;
  const ResolverOptions options_;
  const std::string host_;
  Done done_;  // empty once called
  std::chrono::steady_clock::time_point deadline_;
  // Shared so that a handler already on its way finds them gone.
  std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  std::shared_ptr<boost::asio::steady_timer> timer_;
  std::unique_ptr<ares_channeldata, Destroy> channel_;
};

}  // namespace realpeer::upstream
