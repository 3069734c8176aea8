// A stream whose every byte is known from its seed and position, so gigabytes are compared without being kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "harness/tcp.h"

namespace realpeer::testing {

class Content {
 public:
  explicit constexpr Content(std::uint64_t seed) : seed_(seed) {}

  // The bytes of the stream from `offset` on.
  void fill(std::uint64_t offset, std::span<char> out) const;
  [[nodiscard]] std::string bytes(std::uint64_t offset, std::size_t count) const;

  // The position in the stream of the first byte that is not as it should be.
  [[nodiscard]] std::optional<std::uint64_t> first_difference(std::uint64_t offset, std::span<const char> got) const;

 private:
  [[nodiscard]] std::uint64_t word(std::uint64_t index) const;

  std::uint64_t seed_;
};

// A reader's pace: `chunk` bytes, then a pause.
struct Pace {
  std::size_t chunk = 256 * 1024;
  Duration pause{0};
};

// Sends the bytes [from, from + count) of the content.
void send_content(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0);

// Receives exactly that range; throws at the first wrong byte, an early end, or the deadline.
void receive_content(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0, Pace pace = {});

// The same, and then the end of the stream by FIN: one byte more or an RST throws too.
void receive_content_to_eof(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0,
                            Pace pace = {});

// When a sender counts as blocked: nothing was taken for `quiet`. Kernels squeeze in a little more for long, hence
// `most`.
struct Patience {
  Duration quiet{300};
  Duration most{3'000};
};

// Sends from position `from` on until the sender is blocked or `count` bytes are taken; how many were.
std::uint64_t send_until_blocked(Socket& socket, Content content, std::uint64_t count, std::uint64_t from = 0,
                                 Patience patience = {});

}  // namespace realpeer::testing
