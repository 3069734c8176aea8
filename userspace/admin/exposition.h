// The text format of Prometheus, version 0.0.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace realpeer::admin {

class Exposition {
 public:
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // The samples that follow are of this metric. `help` is one line.
  void counter(std::string_view name, std::string_view help) { begin(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { begin(name, "gauge", help); }
  void sample(const Labels& labels, double value);

  // Of one without labels: a bucket for each bound, in order, with all that is not above it; then sum and count, which
  // is the last bucket's too.
  void histogram(std::string_view name, std::string_view help) { begin(name, "histogram", help); }
  void bucket(double bound, std::uint64_t so_far);
  void sum_and_count(double sum, std::uint64_t count);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help);

  std::string name_;
  std::string text_;
};

}  // namespace realpeer::admin
