#include "session/tracked.h"

namespace realpeer::session {

Tracked::Tracked(Live& live, observe::ListenerTally& of_listener, observe::Record begun)
    : record(std::move(begun)), tally(of_listener), live_(live) {
  live_.connections.push_back(*this);
  ++tally.connections;
  ++tally.active[path_];
}

Tracked::~Tracked() {
  leave();
  if (record.end.empty()) return;
  observe::shorten(record);
  live_.ended.push_back(std::move(record));
}

void Tracked::travel_by(observe::Path path) {
  --tally.active[path_];
  path_ = observe::index(path);
  ++tally.active[path_];
  record.path = observe::path_names[path_];
}

void Tracked::leave() {
  if (!is_linked()) return;
  unlink();
  --tally.active[path_];
}

const observe::Record& Tracked::seen() const {
  if (request_ != nullptr) return *request_;
  return last_ ? *last_ : record;
}

void Tracked::end(observe::Record request) {
  request_ = nullptr;
  observe::shorten(request);
  live_.ended.push_back(request);
  if (!last_) last_ = std::make_unique<observe::Record>();
  *last_ = std::move(request);
}

void Tracked::become(observe::Record request) {
  request_ = nullptr;
  last_.reset();
  record = std::move(request);
}

}  // namespace realpeer::session
