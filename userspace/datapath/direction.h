// One direction of a connection: bytes from a source socket to a target socket, by the kernel or by userspace.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "bpf/shared.h"
#include "datapath/buffers.h"

namespace realpeer::datapath {

// Both sockets are non-blocking and stay open while the direction is used.
//
// Relayed, the direction reads and writes. Spliced, the verdict sends most bytes from source to target and passes the
// rest to userspace; these are written only after everything redirected before them has been (I1), and `forwarded`
// is published only when all passed bytes are written, which lets the verdict redirect again.
//
// For that, userspace must catch up with the source. So it writes what it peeks at, publishes, and only then reads:
// reading first would open the source's window, and a source that is faster than its target would always have sent
// more before the last byte is written.
class Direction {
 public:
  Direction(int source, int target) : source_(source), target_(target) {}

  // What the direction waits for.
  enum class Wait : std::uint8_t {
    source,         // the source to become readable
    target,         // the target to become writable
    kernel,         // nothing of ours: the kernel moves the bytes; a brake or the end of the source will tell
    drain,          // the target to take most of what is on its way to it
    release,        // whoever holds the first bytes back: see hold_first_bytes()
    turn,           // its next turn: it used up this one
    over,           // nothing: the target was told the end
    source_failed,  // the source was reset
    target_failed,  // the target was reset
  };

  // Moves what can be moved without blocking, at most a quantum.
  Wait advance(Buffers& buffers);

  // Gives the direction to the kernel. `shared` stays valid until the direction is gone, `written` is the exact count
  // of bytes written to the target so far (kernel/tcp_state.h). What is pending counts as passed. Before or between
  // advance()s.
  void splice(realpeer_direction* shared, std::uint64_t written);

  // The source's FIN was seen (spliced directions are not told by recv).
  void source_ended();

  // Keeps the first bytes until release_first_bytes(): advance() returns Wait::release when there are some (more).
  void hold_first_bytes() { holding_ = true; }
  [[nodiscard]] bool holding() const { return holding_; }
  [[nodiscard]] std::span<const std::byte> held() const;
  void release_first_bytes() { holding_ = false; }

  [[nodiscard]] bool spliced() const { return shared_ != nullptr; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool over() const { return over_; }
  // Bytes userspace has read and the target not yet taken.
  [[nodiscard]] std::size_t pending() const { return block_ ? block_->size() : 0; }
  // Bytes that reached the target's socket, and those of them the kernel redirected.
  [[nodiscard]] std::uint64_t bytes() const { return relayed_ + copied_ + redirected(); }
  [[nodiscard]] std::uint64_t redirected() const;
  // The verdict lost bytes: the connection cannot go on.
  [[nodiscard]] bool broken() const;
  // In words, for the log.
  [[nodiscard]] std::string why_broken() const;
  // Passed bytes that wait for userspace.
  [[nodiscard]] std::uint64_t waiting() const;

 private:
  Wait advance_spliced(Buffers& buffers);
  Wait forward(Buffers& buffers, std::uint64_t waiting_bytes);
  bool consume(Buffers& buffers, std::size_t bytes);
  Wait read(Buffers& buffers, std::uint64_t at_most, std::size_t& budget);
  Wait write(Buffers& buffers);
  Wait finish();
  bool drained();
  [[nodiscard]] bool target_has_room() const;
  void publish();

  int source_;
  int target_;
  realpeer_direction* shared_ = nullptr;
  std::unique_ptr<Block> block_;
  std::uint64_t relayed_ = 0;  // bytes written by userspace before splicing
  std::uint64_t copied_ = 0;   // and since
  std::uint64_t base_ = 0;     // bytes_written(target) when spliced
  bool holding_ = false;
  bool drained_ = false;  // all redirected bytes are written, and none will be before publish()
  bool ended_ = false;
  bool over_ = false;
};

}  // namespace realpeer::datapath
