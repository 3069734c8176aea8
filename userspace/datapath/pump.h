// The data paths of one worker: keeps bytes moving on engaged connections until each one's end.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "datapath/buffers.h"
#include "datapath/flow.h"
#include "kernel/fd.h"
#include "kernel/splice_map.h"

namespace realpeer::datapath {

struct PumpSettings {
  Clock::duration idle = std::chrono::hours(1);
  Clock::duration half_closed = std::chrono::minutes(5);
  Clock::duration hold = std::chrono::seconds(5);  // how long first bytes may be held back
};

struct Engagement {
  kernel::UniqueFd client;   // connected, non-blocking
  kernel::UniqueFd backend;  // the same; nothing else writes to either from now on
  std::unique_ptr<FlowOwner> owner;
  bool splice = false;            // into the kernel, where that can be
  bool hold_first_bytes = false;  // ask the owner before the client's first bytes go on
};

// Used on its io_context's thread only. Engaged sockets live in an epoll set of the pump's own, which is one
// descriptor to Asio: Asio would ask for EPOLLIN, and be woken for every segment the kernel splices.
class Pump {
 public:
  // `splice` may be null: then everything is relayed. `worker` is its index in the map of ring buffers.
  static kernel::Result<std::unique_ptr<Pump>> create(boost::asio::io_context& context, const PumpSettings& settings,
                                                      kernel::SpliceMap* splice, std::uint32_t worker);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;
  ~Pump();  // ends all flows as drained

  void engage(Engagement engagement);

  [[nodiscard]] std::size_t size() const { return flows_.size(); }

  // For the flows that are there and for those that come.
  void configure(const PumpSettings& settings);

  // Resets both ends of every flow.
  void end_all(End end);

  // Makes the verdicts of every spliced flow pass (true), or redirect again (false). For tests: a change of path.
  void hold_in_userspace(bool hold);

 private:
  Pump(boost::asio::io_context& context, const PumpSettings& settings, kernel::SpliceMap* splice, std::uint32_t worker);

  void wait_for_events();
  void on_events();
  void on_event(Flow& flow, Flow::Side side, std::uint32_t events);
  void on_brake(std::uint32_t slot);
  void wait_for_sweep();
  void sweep();
  void check_at(Flow& flow, Clock::time_point when);
  void wait_for_checks();
  void run_checks();
  void take_turns();

  void drive(Flow& flow, bool in, bool out);
  bool ask_owner(Flow& flow);
  void splice(Flow& flow);
  void rest(Flow& flow);
  void ask_events(Flow& flow, Flow::Side side, std::uint32_t interest, bool again);
  void await_drain(Flow& flow, Flow::Side target, std::uint32_t& interest, bool& again);
  static Totals totals_of(const Flow& flow);
  void finish(Flow& flow, End end);
  void bury();

  PumpSettings settings_;
  kernel::SpliceMap* splice_map_;
  std::uint32_t worker_;
  kernel::UniqueFd epoll_;
  std::unique_ptr<kernel::BrakeEvents> brakes_;
  boost::asio::posix::stream_descriptor ready_;  // watches a duplicate of epoll_
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer check_timer_;
  Clock::time_point last_sweep_ = Clock::now();
  Buffers buffers_;
  boost::intrusive::list<Flow> flows_;
  std::vector<Flow*> turns_;
  Flow::Checks checks_;
  std::unordered_map<std::uint32_t, Flow*> by_slot_;
  // Flows that ended while events that name them may still be in hand.
  std::vector<std::unique_ptr<Flow>> graveyard_;
};

}  // namespace realpeer::datapath
