// The account of a connection: what it holds as long as it lives, and its line in the access log.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "datapath/flow.h"
#include "observe/record.h"
#include "session/generation.h"
#include "session/refusal.h"
#include "session/tracked.h"

namespace realpeer::session {

// Closes with an RST. Here and now: Asio's destructor takes a linger option back before it closes.
void reset(boost::asio::ip::tcp::socket& socket);

// A connection on its way to the data path. One that never gets there (the daemon stops, memory runs out) is reset and
// accounted for all the same.
class Underway {
 public:
  Underway(SharedState& shared, boost::asio::ip::tcp::socket& client, Tracked& tracked)
      : shared_(shared), client_(client), tracked_(tracked) {}
  Underway(const Underway&) = delete;
  Underway& operator=(const Underway&) = delete;
  ~Underway();

  void refuse(const Refusal& refusal);
  void done() { done_ = true; }

 private:
  SharedState& shared_;
  boost::asio::ip::tcp::socket& client_;
  Tracked& tracked_;
  bool done_ = false;
};

// Below the ceilings of the daemon and of the listener.
struct Tickets {
  Ticket daemon{};
  Ticket listener{};

  void release() {
    daemon.release();
    listener.release();
  }
};

// The account of an engaged connection.
class Engaged final : public datapath::FlowOwner {
 public:
  Engaged(std::shared_ptr<Generation> generation, Tickets tickets, ClientPlace place, upstream::Lease lease,
          std::unique_ptr<Tracked> tracked)
      : generation_(std::move(generation)),
        tickets_(std::move(tickets)),
        place_(std::move(place)),
        lease_(std::move(lease)),
        tracked_(std::move(tracked)) {
    tracked_->travel_by(observe::Path::relay);
  }

  FirstBytes first_bytes(std::span<const std::byte> bytes) override;
  void on_path(datapath::PathChange change) override;
  void moved(const datapath::Totals& totals) override;
  void closing(int backend) override;
  void ended(const datapath::Totals& totals) override;

 private:
  const std::shared_ptr<Generation> generation_;  // outlives what follows
  Tickets tickets_;
  ClientPlace place_;
  upstream::Lease lease_;
  std::unique_ptr<Tracked> tracked_;
  datapath::Totals counted_{};  // so far
};

}  // namespace realpeer::session
