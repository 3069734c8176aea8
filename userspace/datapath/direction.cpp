#include "datapath/direction.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "kernel/tcp_state.h"

namespace realpeer::datapath {
namespace {

// One turn of one direction; so that a fast stream does not starve the others of its worker.
constexpr std::size_t quantum = std::size_t{1024} * 1024;

// Of forwarded bytes, see consume().
constexpr std::size_t read_chunk = std::size_t{32} * 1024;

// Counters the verdict writes. Sequential consistency: the order of `notified` and `passed` matters, see publish().
std::uint64_t load(__u64& counter) { return std::atomic_ref(counter).load(); }

}  // namespace

std::span<const std::byte> Direction::held() const {
  if (!block_) return {};
  return std::span(block_->bytes).subspan(block_->begin, block_->size());
}

std::uint64_t Direction::redirected() const { return shared_ == nullptr ? 0 : load(shared_->redirected); }

bool Direction::broken() const { return shared_ != nullptr && std::atomic_ref(shared_->broken).load() != 0; }

std::string Direction::why_broken() const {
  if (!broken()) return "whole";
  const auto surplus = static_cast<std::int32_t>(std::atomic_ref(shared_->surplus).load());
  switch (std::atomic_ref(shared_->broken).load()) {
    case REALPEER_UNKNOWN_LAYOUT: return "unknown layout of segments";
    case REALPEER_NO_SOCKET: return "a segment without its socket";
    case REALPEER_GAP: return "a segment " + std::to_string(-std::int64_t{surplus}) + " bytes ahead";
    case REALPEER_UNCUT: return "no memory to cut " + std::to_string(surplus) + " known bytes off a segment";
    default: return "an unknown reason";
  }
}

std::uint64_t Direction::waiting() const { return shared_ == nullptr ? 0 : load(shared_->passed) - copied_; }

void Direction::splice(realpeer_direction* shared, std::uint64_t written) {
  shared_ = shared;
  relayed_ = copied_;
  copied_ = 0;
  base_ = written;
  drained_ = false;
}

void Direction::source_ended() {
  if (ended_) return;
  // The FIN was announced before the verdict saw the segment that carried it (net/ipv4/tcp_input.c, tcp_data_queue);
  // this waits for it, and runs the verdict on whatever it left in the queue. From here on the counters are final.
  if (shared_ != nullptr) kernel::kick(source_);
  ended_ = true;
}

Direction::Wait Direction::advance(Buffers& buffers) {
  std::size_t budget = quantum;
  for (;;) {
    if (over_) return Wait::over;
    if (block_ && !holding_) {
      const Wait wait = write(buffers);
      if (wait != Wait::turn) return wait;
    }
    if (holding_ && ended_) return Wait::release;
    if (budget == 0) return Wait::turn;
    Wait wait = Wait::turn;
    if (spliced()) {
      wait = advance_spliced(buffers);
    } else {
      wait = ended_ ? finish() : read(buffers, Block::capacity, budget);
    }
    if (wait != Wait::turn) return wait;
    if (holding_) return Wait::release;
  }
}

Direction::Wait Direction::advance_spliced(Buffers& buffers) {
  const std::uint64_t left = waiting();
  if (left == 0) {
    if (!ended_) return Wait::kernel;
    return drained() ? finish() : Wait::drain;
  }
  if (!drained() || !target_has_room()) return Wait::drain;
  return forward(buffers, left);
}

// Wait::turn: something was forwarded.
Direction::Wait Direction::forward(Buffers& buffers, std::uint64_t waiting_bytes) {
  const auto room = std::min<std::uint64_t>(waiting_bytes, Buffers::peek_size);
  const auto peeked = ::recv(source_, buffers.peek.get(), room, MSG_DONTWAIT | MSG_PEEK);
  if (peeked <= 0) {
    // The counters say that there is more: it is under way to us.
    if (peeked == 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Wait::source;
    return Wait::source_failed;
  }
  const auto sent = ::send(target_, buffers.peek.get(), static_cast<std::size_t>(peeked), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EINTR) return Wait::turn;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Wait::target : Wait::target_failed;
  }
  copied_ += static_cast<std::uint64_t>(sent);
  if (waiting() == 0) publish();
  return consume(buffers, static_cast<std::size_t>(sent)) ? Wait::turn : Wait::source_failed;
}

// Reads what was forwarded already, which opens the source's window: from here on its bytes are redirected again.
//
// Segments that come in while a reader has the socket locked wait in its backlog, count against the window, and are
// redirected from there; nothing would tell the sender afterwards that the window is open again, but its own probe
// 200 ms later. So the socket is never locked for long, and the last byte is read by itself: a read reconsiders the
// window (net/ipv4/tcp.c, __tcp_cleanup_rbuf).
bool Direction::consume(Buffers& buffers, std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t chunk = bytes == 1 ? 1 : std::min(bytes - 1, read_chunk);
    const auto got = ::recv(source_, buffers.peek.get(), chunk, MSG_DONTWAIT);
    if (got > 0) {
      bytes -= static_cast<std::size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool Direction::target_has_room() const { return kernel::send_buffer_load(target_) <= 1.0 / 3; }

// Wait::turn: something was read, or the source ended.
Direction::Wait Direction::read(Buffers& buffers, std::uint64_t at_most, std::size_t& budget) {
  auto block = block_ ? std::move(block_) : buffers.blocks.take();
  const auto room = std::min<std::uint64_t>({Block::capacity - block->end, at_most, budget});
  if (room == 0) {
    // Only held first bytes ever fill a block: whoever holds them has seen enough to decide.
    block_ = std::move(block);
    return Wait::release;
  }
  const auto got = ::recv(source_, block->bytes.data() + block->end, room, MSG_DONTWAIT);
  if (got > 0) {
    block->end += static_cast<std::size_t>(got);
    budget -= static_cast<std::size_t>(got);
    block_ = std::move(block);
    return Wait::turn;
  }
  const int error = got == 0 ? 0 : errno;
  if (block->size() > 0) {
    block_ = std::move(block);
  } else {
    buffers.blocks.give_back(std::move(block));
  }
  if (got == 0) {
    ended_ = true;
    return Wait::turn;
  }
  if (error == EINTR) return Wait::turn;
  return error == EAGAIN || error == EWOULDBLOCK ? Wait::source : Wait::source_failed;
}

// Wait::turn: all was written.
Direction::Wait Direction::write(Buffers& buffers) {
  while (block_->size() > 0) {
    const auto sent =
        ::send(target_, block_->bytes.data() + block_->begin, block_->size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      block_->begin += static_cast<std::size_t>(sent);
      copied_ += static_cast<std::size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Wait::target : Wait::target_failed;
  }
  buffers.blocks.give_back(std::move(block_));
  if (spliced() && waiting() == 0) publish();
  return Wait::turn;
}

Direction::Wait Direction::finish() {
  // ENOTCONN: the target was reset meanwhile, which its own event reports.
  if (::shutdown(target_, SHUT_WR) != 0 && errno != ENOTCONN) return Wait::target_failed;
  over_ = true;
  return Wait::over;
}

bool Direction::drained() {
  if (!drained_) drained_ = kernel::bytes_written(target_) - base_ == redirected() + copied_;
  return drained_;
}

void Direction::publish() {
  // The verdict adds to `passed` and then looks at `notified`; here it is the other way round, with waiting() looked
  // at next. So one of the two sees the other, and no passed byte is left without someone who knows of it.
  std::atomic_ref(shared_->notified).store(0);
  std::atomic_ref(shared_->forwarded).store(copied_);
  drained_ = false;
}

}  // namespace realpeer::datapath
