// Connections composed segment by segment, and what a Watch tells of them.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "capture/watch.h"

namespace realpeer::capture {

inline constexpr std::uint32_t isn = 0xFFFFFFF0;  // a header's sequence numbers wrap
inline constexpr std::uint32_t first = isn + 1;   // of the client's bytes

inline const std::string header = "PROXY TCP4 198.51.100.7 192.0.2.10 40001 443\r\n";

inline net::Endpoint endpoint(std::string_view text) { return *net::parse_endpoint(text); }

inline Segment between(const net::Endpoint& source, const net::Endpoint& destination) {
  Segment segment;
  segment.source = source;
  segment.destination = destination;
  return segment;
}

// One connection; a test that needs a second one gives it another port.
struct Talk {
  net::Endpoint client = endpoint("203.0.113.42:55222");
  net::Endpoint server = endpoint("10.77.0.2:443");

  [[nodiscard]] Segment syn(std::uint32_t number = isn, std::string_view payload = "") const {
    auto segment = data(number, payload);
    segment.syn = true;
    segment.ack = false;
    return segment;
  }
  [[nodiscard]] Segment syn_ack(std::uint32_t acknowledged = first) const {
    auto segment = ack(acknowledged);
    segment.syn = true;
    return segment;
  }
  [[nodiscard]] Segment data(std::uint32_t number, std::string_view payload, std::size_t cut = 0) const {
    auto segment = between(client, server);
    segment.sequence = number;
    segment.ack = true;
    segment.payload = payload;
    segment.cut = cut;
    return segment;
  }
  [[nodiscard]] Segment fin(std::uint32_t number, std::string_view payload = "") const {
    auto segment = data(number, payload);
    segment.fin = true;
    return segment;
  }
  [[nodiscard]] Segment rst(std::string_view payload = "") const {
    auto segment = data(first, payload);
    segment.rst = true;
    return segment;
  }
  // Of the server.
  [[nodiscard]] Segment ack(std::uint32_t acknowledged) const {
    auto segment = between(server, client);
    segment.acknowledged = acknowledged;
    segment.ack = true;
    return segment;
  }
  [[nodiscard]] Segment server_rst() const {
    auto segment = ack(first);
    segment.rst = true;
    return segment;
  }
};

struct Told {
  std::string client;
  std::string server;
  End end = End::answered;
  std::string bytes;

  bool operator==(const Told&) const = default;
};
inline void PrintTo(const Told& told, std::ostream* out) {
  *out << told.client << " -> " << told.server << ", end " << static_cast<int>(told.end) << ", "
       << ::testing::PrintToString(told.bytes);
}

class Watched {
 public:
  explicit Watched(const WatchOptions& options = {})
      : watch_(options, [this](const Finding& finding) {
          told_.push_back({.client = net::to_string(finding.client),
                           .server = net::to_string(finding.server),
                           .end = finding.end,
                           .bytes = std::string(finding.bytes)});
        }) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  bool take(const Segment& segment) { return watch_.take(segment, Time(now_)); }
  void take(const std::vector<Segment>& segments) {
    for (const auto& segment : segments) take(segment);
  }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  void end() { watch_.end(); }

  // Since it was last asked.
  std::vector<Told> told() { return std::exchange(told_, {}); }

 private:
  Time::duration now_ = std::chrono::seconds(1'700'000'000);
  std::vector<Told> told_;
  Watch watch_;
};

inline Told told_of(const Talk& talk, End end, std::string_view bytes = "") {
  return {.client = net::to_string(talk.client),
          .server = net::to_string(talk.server),
          .end = end,
          .bytes = std::string(bytes)};
}

}  // namespace realpeer::capture
