#include "harness/content.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

namespace realpeer::testing {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kChunk = 256 * 1024;

std::size_t at_most(std::uint64_t bytes, std::size_t limit) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(bytes, limit));
}

}  // namespace

// Counter-based, after splitmix64: any position costs the same as the next one.
inline std::uint64_t Content::word(std::uint64_t index) const {
  std::uint64_t x = (index + 1) * 0x9E3779B97F4A7C15U + seed_ * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 32)) * 0xD6E8FEB86659FD93U;
  return x ^ (x >> 32);
}

void Content::fill(std::uint64_t offset, std::span<char> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto position = offset + done;
    const auto skip = static_cast<std::size_t>(position % kWord);
    const auto value = word(position / kWord);
    const auto take = std::min(kWord - skip, out.size() - done);
    if (take == kWord) {
      std::memcpy(out.data() + done, &value, kWord);
    } else {
      std::memcpy(out.data() + done, reinterpret_cast<const char*>(&value) + skip, take);
    }
    done += take;
  }
}

std::string Content::bytes(std::uint64_t offset, std::size_t count) const {
  std::string result(count, '\0');
  fill(offset, result);
  return result;
}

std::optional<std::uint64_t> Content::first_difference(std::uint64_t offset, std::span<const char> got) const {
  char expected[64 * kWord];
  for (std::size_t done = 0; done < got.size();) {
    const auto take = std::min(sizeof expected, got.size() - done);
    fill(offset + done, std::span(expected, take));
    if (std::memcmp(expected, got.data() + done, take) != 0) {
      const auto* wrong = std::mismatch(expected, expected + take, got.data() + done).first;
      return offset + done + static_cast<std::uint64_t>(wrong - expected);
    }
    done += take;
  }
  return std::nullopt;
}

void send_content(Socket& socket, Content content, std::uint64_t count, std::uint64_t from) {
  std::string chunk(at_most(count, kChunk), '\0');
  for (std::uint64_t sent = 0; sent < count;) {
    const auto now = at_most(count - sent, kChunk);
    content.fill(from + sent, std::span(chunk.data(), now));
    socket.send_all({chunk.data(), now});
    sent += now;
  }
}

void receive_content(Socket& socket, Content content, std::uint64_t count, std::uint64_t from, Pace pace) {
  std::vector<char> buffer(at_most(count, pace.chunk));
  for (std::uint64_t have = 0; have < count;) {
    const auto got = socket.receive(std::span(buffer).first(at_most(count - have, pace.chunk)));
    if (got == 0)
      throw std::runtime_error("end of stream after " + std::to_string(have) + " of " + std::to_string(count) +
                               " bytes");
    if (const auto wrong = content.first_difference(from + have, std::span(buffer).first(got)))
      throw std::runtime_error("wrong byte at " + std::to_string(*wrong) + " of the stream");
    have += got;
    if (pace.pause.count() > 0) std::this_thread::sleep_for(pace.pause);
  }
}

void receive_content_to_eof(Socket& socket, Content content, std::uint64_t count, std::uint64_t from, Pace pace) {
  receive_content(socket, content, count, from, pace);
  char more = 0;
  if (socket.receive(std::span(&more, 1)) != 0)
    throw std::runtime_error("a byte more than the " + std::to_string(count) + " that were sent");
}

std::uint64_t send_until_blocked(Socket& socket, Content content, std::uint64_t count, std::uint64_t from,
                                 Patience patience) {
  const Stopwatch stopwatch;
  auto progress = stopwatch.elapsed();
  std::uint64_t sent = 0;
  while (sent < count && stopwatch.elapsed() < patience.most && stopwatch.elapsed() - progress < patience.quiet) {
    const auto bytes = content.bytes(from + sent, at_most(count - sent, 16384));
    const auto took = socket.send_some(bytes);
    sent += took;
    if (took > 0) {
      progress = stopwatch.elapsed();
    } else {
      std::this_thread::sleep_for(Duration{1});
    }
  }
  return sent;
}

}  // namespace realpeer::testing
