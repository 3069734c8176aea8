// What a daemon does just now: two samples of its documents, and what changed between them.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "terminal/line.h"

namespace realpeer::console {

// As the admin listener's pages of these names answer.
struct Sample {
  boost::json::object listeners;
  boost::json::object backends;
  boost::json::object connections;
  std::chrono::steady_clock::time_point taken;
};

// The samples that rates are made of.
class History {
 public:
  // Daemons count the bytes of open connections once a second: over so long a time that says little.
  static constexpr std::chrono::seconds window{5};

  explicit History(Sample first) { samples_.push_back(std::move(first)); }

  void add(Sample sample);
  [[nodiscard]] const Sample& now() const { return samples_.back(); }
  // The newest that is a window older, else the oldest; null: there is but one.
  [[nodiscard]] const Sample* before() const { return samples_.size() > 1 ? &samples_.front() : nullptr; }

 private:
  std::deque<Sample> samples_;
};

enum class Order : std::uint8_t { newest, busiest };

struct View {
  std::size_t height = 0;  // lines; 0: as many as `connections` need
  std::size_t connections = 20;
  Order order = Order::newest;
  std::string keys{};     // a line of its own beneath the first, where there are any
  std::string trouble{};  // why the sample is not of now
};

// Rates are of the time between the samples; without `before`, and across a restart of the daemon, there are none.
terminal::Lines top(const Sample& now, const Sample* before, const View& view);

}  // namespace realpeer::console
