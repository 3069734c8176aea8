#include "console/figures.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cmath>
#include <ctime>

namespace realpeer::console {

namespace {

// Three digits at most, and none behind the point that says nothing.
std::string short_number(double number) {
  if (number >= 99.95) return fmt::format("{:.0f}", number);
  const std::string text = fmt::format("{:.1f}", number);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

}  // namespace

std::string count(double number) { return fmt::format("{:.0f}", number); }

std::string bytes(double number) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (number >= 1023.5 && unit + 1 < units.size()) {
    number /= 1024;
    ++unit;
  }
  return (unit == 0 ? count(number) : short_number(number)) + " " + units[unit];
}

std::string per_second(double rate) { return short_number(rate); }

std::string share(double part, double of) { return of > 0 ? fmt::format("{:.0f}%", 100 * part / of) : "-"; }

std::string seconds(double time) {
  if (time < 0.00099999) return fmt::format("{:g} us", time * 1e6);
  if (time < 0.99999) return fmt::format("{:g} ms", time * 1e3);
  return fmt::format("{:g} s", time);
}

std::string age(std::chrono::milliseconds time) {
  const auto all = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(time).count());
  if (all < 60) return fmt::format("{}s", all);
  if (all < 3600) return fmt::format("{}m {}s", all / 60, all % 60);
  if (all < 86400) return fmt::format("{}h {}m", all / 3600, all / 60 % 60);
  return fmt::format("{}d {}h", all / 86400, all / 3600 % 24);
}

std::optional<Time> read_time(std::string_view text) {
  std::tm fields{};
  const std::string whole(text);
  const char* rest = ::strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S.", &fields);
  if (rest == nullptr) return std::nullopt;
  const std::string_view end(rest);
  if (end.size() != 4 || end.back() != 'Z' || end.find_first_not_of("0123456789") != 3) return std::nullopt;
  const std::chrono::seconds since(::timegm(&fields));
  return Time(since + std::chrono::milliseconds(std::stoi(whole.substr(whole.size() - 4, 3))));
}

std::string date_and_time(Time time) {
  const std::time_t since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm fields{};
  ::gmtime_r(&since, &fields);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%SZ", &fields)};
}

std::string quantile(const Fields& histogram, double part) {
  const double all = histogram.number("count");
  if (all <= 0) return "-";
  double below = 0;
  for (const auto& bucket : histogram.list("buckets")) {
    if (bucket.is_null("le")) break;
    below = bucket.number("le");
    if (bucket.number("count") >= std::ceil(part * all)) return seconds(below);
  }
  return "more than " + seconds(below);
}

}  // namespace realpeer::console
