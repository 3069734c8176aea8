// A connection of a worker, from accept to its end, as others may look at it.
#pragma once

#include <boost/circular_buffer.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>

#include "observe/record.h"
#include "observe/tally.h"

namespace realpeer::session {

struct Live;

class Tracked : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Tracked(Live& live, observe::ListenerTally& of_listener, observe::Record begun);
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;
  ~Tracked();

  void travel_by(observe::Path path);
  // It counts no longer.
  void leave();
  // What there is to see of it: its request, or the last one it had.
  [[nodiscard]] const observe::Record& seen() const;

  void begin(const observe::Record& request) { request_ = &request; }
  void end(observe::Record request);
  // Its request turned it into bytes, and tells all there is of it.
  void become(observe::Record request);

  observe::Record record;
  observe::ListenerTally& tally;

 private:
  Live& live_;
  const observe::Record* request_ = nullptr;
  std::unique_ptr<observe::Record> last_;
  std::size_t path_ = observe::no_path;
};

// A worker's connections. Touched on its thread only.
struct Live {
  static constexpr std::size_t remembered = 256;

  boost::intrusive::list<Tracked, boost::intrusive::constant_time_size<false>> connections{};  // the newest last
  boost::circular_buffer<observe::Record> ended{remembered};  // and requests; the newest last
};

}  // namespace realpeer::session
