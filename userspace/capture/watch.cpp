#include "capture/watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace realpeer::capture {

bool Watch::take(const Segment& segment, Time now) {
  const auto port = options_.port;
  if (port != 0 && segment.source.port() != port && segment.destination.port() != port) return false;
  const auto found = by_ports_.find(std::minmax(segment.source, segment.destination));
  const bool known = found != by_ports_.end();
  if (const auto start = begins(segment, known ? &*found->second : nullptr)) {
    if (known) replace(found->second);
    look(begin(segment, *start, now), segment, now);
  } else if (!known) {
    if (!segment.rst) begin_before(segment, now);  // a RST alone is no connection
  } else if (found->second->beginning) {
    look(found->second, segment, now);
  } else {
    remembered_.splice(remembered_.end(), remembered_, found->second);
  }
  keep_within_limits();
  return true;
}

void Watch::end() {
  while (!watched_.empty()) tell(watched_.begin(), watched_.front().beginning->ended_by(End::capture_ended));
}

std::optional<std::uint32_t> Watch::begins(const Segment& segment, const Connection* known) {
  constexpr std::uint32_t most_in_a_syn = 65'535;  // bytes (RFC 7413): acknowledged with it, or not
  if (!segment.syn || segment.rst) return std::nullopt;
  const bool answer = segment.ack;
  const auto& client = answer ? segment.destination : segment.source;
  const std::uint32_t start = answer ? segment.acknowledged : segment.sequence + 1;
  const bool again = known != nullptr && known->client == client && known->start &&
                     start - *known->start <= (answer ? most_in_a_syn : 0);
  return again ? std::nullopt : std::optional(start);
}

Watch::Connections::iterator Watch::begin(const Segment& segment, std::uint32_t start, Time now) {
  const bool answer = segment.ack;
  watched_.push_back({.client = answer ? segment.destination : segment.source,
                      .server = answer ? segment.source : segment.destination,
                      .start = start,
                      .began = now,
                      .beginning = std::make_unique<Beginning>(start, longest_header)});
  const auto connection = std::prev(watched_.end());
  by_ports_[std::minmax(connection->client, connection->server)] = connection;
  return connection;
}

void Watch::begin_before(const Segment& segment, Time now) {
  const bool from_server = options_.port != 0 && segment.destination.port() != options_.port;
  remembered_.push_back({.client = from_server ? segment.destination : segment.source,
                         .server = from_server ? segment.source : segment.destination,
                         .start = std::nullopt,
                         .began = now,
                         .beginning = nullptr});
  by_ports_[std::minmax(segment.source, segment.destination)] = std::prev(remembered_.end());
  tell_of(remembered_.back(), forgot_ ? End::forgotten : End::began_before);
}

void Watch::look(Connections::iterator connection, const Segment& segment, Time now) {
  Beginning& beginning = *connection->beginning;
  if (segment.source == connection->client) {
    beginning.from_client(segment);
  } else {
    beginning.from_server(segment, now);
  }
  held_ += beginning.first().held() - std::exchange(connection->held, beginning.first().held());
  const std::string_view bytes = beginning.first().bytes();
  if (bytes.size() >= connection->look_at) {
    const std::size_t wanted = bytes_wanted(std::as_bytes(std::span(bytes)), options_.header);
    if (wanted == 0) return tell(connection, End::answered);
    connection->look_at = bytes.size() + wanted;
  }
  if (const auto end = beginning.ended(now)) tell(connection, *end);
}

void Watch::replace(Connections::iterator connection) {
  if (connection->beginning) tell(connection, connection->beginning->ended_by(End::reused));
  forget(connection);
}

void Watch::tell(Connections::iterator connection, End end) {
  tell_of(*connection, end);
  held_ -= std::exchange(connection->held, 0);
  connection->beginning.reset();
  remembered_.splice(remembered_.end(), watched_, connection);
}

void Watch::tell_of(const Connection& connection, End end) {
  if (options_.port != 0 && connection.server.port() != options_.port) return;
  tell_({.began = connection.began,
         .client = connection.client,
         .server = connection.server,
         .end = end,
         .bytes = connection.beginning ? connection.beginning->first().bytes() : std::string_view()});
}

void Watch::forget(Connections::iterator connection) {
  by_ports_.erase(std::minmax(connection->client, connection->server));
  remembered_.erase(connection);
}

void Watch::keep_within_limits() {
  const WatchLimits& limits = options_.limits;
  while (watched_.size() > limits.watched || held_ > limits.bytes) {
    tell(watched_.begin(), watched_.front().beginning->ended_by(End::unwatched));
  }
  for (; remembered_.size() > limits.remembered; forgot_ = true) forget(remembered_.begin());
}

}  // namespace realpeer::capture
