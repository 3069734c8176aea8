// The beginning of one connection, while it is watched: what its client sent first, and what became of it since.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "capture/first_bytes.h"
#include "capture/packet.h"

namespace realpeer::capture {

using Time = std::chrono::system_clock::time_point;  // as the capture has it; it may go back

// Why no more can be known of what a client sent first.
enum class End : std::uint8_t {
  answered,       // all is known
  cut,            // the capture kept only the beginning of a packet
  missing,        // packets are not in the capture: the server has bytes that it has not, or later ones came
  closed,         // by the client
  reset,          // by either side
  refused,        // by the server, in answer to the SYN
  reused,         // a new connection took the same ports
  capture_ended,  // while it was open
  unanswered,     // the same, without a word of the server
  unwatched,      // too many others were being watched
  began_before,   // the capture begins in its middle
  forgotten,      // that, or so many others came since that it is not remembered
};

class Beginning {
 public:
  // `start` is the sequence number of the client's first byte, `limit` how many bytes of it are kept.
  Beginning(std::uint32_t start, std::size_t limit) : start_(start), first_(limit) {}

  void from_client(const Segment& segment);
  void from_server(const Segment& segment, Time now);

  [[nodiscard]] const FirstBytes& first() const { return first_; }
  // Whether, and why, nothing can follow first().bytes() any more.
  [[nodiscard]] std::optional<End> ended(Time now) const;
  // The same when no further segment comes, for the reason given: what is missing is said rather.
  [[nodiscard]] End ended_by(End reason) const;

 private:
  [[nodiscard]] bool incomplete() const;

  std::uint32_t start_;
  FirstBytes first_;
  std::optional<std::size_t> fin_;    // the length of the client's stream
  std::uint32_t acknowledged_ = 0;    // how much of it the server has
  std::optional<Time> missed_since_;  // the server has more than the capture
  bool beyond_ = false;               // later bytes came than fit behind a gap
  bool answered_ = false;             // by the server; the client's ACK says so as well
  std::optional<End> reset_;          // End::reset or End::refused
};

}  // namespace realpeer::capture
