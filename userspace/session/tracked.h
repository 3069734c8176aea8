// A connection of a worker, from accept to its end, as others may look at it.
#pragma once

#include <boost/intrusive/list.hpp>

#include "observe/record.h"
#include "observe/tally.h"

namespace realpeer::session {

struct Tracked;
// Touched on the worker's thread only.
using Live = boost::intrusive::list<Tracked, boost::intrusive::constant_time_size<false>>;

struct Tracked : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  Tracked(Live& live, observe::ListenerTally& of_listener, observe::Record begun)
      : record(std::move(begun)), tally(of_listener) {
    live.push_back(*this);
    ++tally.connections;
    ++tally.active[path_];
  }
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;
  ~Tracked() { leave(); }

  void travel_by(observe::Path path) {
    --tally.active[path_];
    path_ = observe::index(path);
    ++tally.active[path_];
    record.path = observe::path_names[path_];
  }
  // It counts no longer.
  void leave() {
    if (!is_linked()) return;
    unlink();
    --tally.active[path_];
  }

  observe::Record record;
  observe::ListenerTally& tally;

 private:
  std::size_t path_ = observe::no_path;
};

}  // namespace realpeer::session
