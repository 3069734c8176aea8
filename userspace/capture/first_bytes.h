// The first bytes of one direction of a TCP connection, put together from its segments.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace realpeer::capture {

// Parts come in any order, twice, or overlapping; of what comes twice the first copy stays.
class FirstBytes {
 public:
  // Bytes beyond the limit are not kept.
  explicit FirstBytes(std::size_t limit) : limit_(limit) {}

  // A part of the stream that begins `offset` bytes behind its start. `cut`: what follows it was sent as well, and the
  // capture did not keep it.
  void add(std::size_t offset, std::string_view part, bool cut);

  // From the start, as far as no byte is missing.
  [[nodiscard]] std::string_view bytes() const { return first_; }
  // Whether what follows them was cut off.
  [[nodiscard]] bool cut() const { return cuts_.contains(first_.size()); }
  // Whether there are later ones, behind bytes that are missing.
  [[nodiscard]] bool gap() const { return !later_.empty(); }
  // Memory, in bytes and about.
  [[nodiscard]] std::size_t held() const;

 private:
  void keep(std::size_t offset, std::string_view part);
  void join();

  std::size_t limit_;
  std::string first_;
  std::map<std::size_t, std::string> later_;  // by offset; disjoint, none empty, none beginning within first_
  std::size_t later_bytes_ = 0;
  std::set<std::size_t> cuts_;  // offsets from which on a part was cut
};

}  // namespace realpeer::capture
