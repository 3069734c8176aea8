// The connections of a capture of any length, in bounded memory: what each client sent first is told as soon as it is
// known.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "capture/beginning.h"
#include "capture/opening.h"

namespace realpeer::capture {

// What is known of one connection; told once.
struct Finding {
  Time began;
  net::Endpoint client;  // of one that began before the capture, whoever sent the first packet in it
  net::Endpoint server;
  End end = End::answered;
  std::string_view bytes;  // the client's first, without a gap; valid while the finding is told
};

struct WatchLimits {
  std::size_t watched = 65'536;      // connections of which more is to be known
  std::size_t bytes = 64U << 20U;    // theirs, in all
  std::size_t remembered = 131'072;  // connections that are known: their later packets tell nothing
};

struct WatchOptions {
  proxy_protocol::DecodeOptions header{.max_header = longest_header};
  std::uint16_t port = 0;  // connections to this port only; 0: to any
  WatchLimits limits{};
};

class Watch {
 public:
  using Tell = std::function<void(const Finding&)>;

  Watch(const WatchOptions& options, Tell tell) : options_(options), tell_(std::move(tell)) {}

  // The next segment of the capture. False: it is of other ports than the one asked for.
  bool take(const Segment& segment, Time now);
  // The capture has ended: tells what is left to be told.
  void end();

 private:
  struct Connection {
    net::Endpoint client;
    net::Endpoint server;
    std::optional<std::uint32_t> start;  // sequence number of the client's first byte; nothing: began before
    Time began;
    std::unique_ptr<Beginning> beginning;  // nothing: it has been told
    std::size_t look_at = 1;               // how many bytes it takes to know more
    std::size_t held = 0;                  // memory, in bytes
  };
  using Connections = std::list<Connection>;
  using Ports = std::pair<net::Endpoint, net::Endpoint>;  // the lower one first

  // The sequence number of the client's first byte, if the segment begins a connection.
  static std::optional<std::uint32_t> begins(const Segment& segment, const Connection* known);
  Connections::iterator begin(const Segment& segment, std::uint32_t start, Time now);
  void begin_before(const Segment& segment, Time now);
  void look(Connections::iterator connection, const Segment& segment, Time now);
  void replace(Connections::iterator connection);
  void tell(Connections::iterator connection, End end);
  void tell_of(const Connection& connection, End end);
  void forget(Connections::iterator connection);
  void keep_within_limits();

  WatchOptions options_;
  Tell tell_;
  Connections watched_;     // the oldest first
  Connections remembered_;  // the one first that was silent for longest
  std::map<Ports, Connections::iterator> by_ports_;
  std::size_t held_ = 0;  // bytes, of all that are watched
  bool forgot_ = false;   // whether it ever had to
};

}  // namespace realpeer::capture
