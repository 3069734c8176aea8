#include "import/field.h"

#include <algorithm>
#include <charconv>

#include "config/reader.h"
#include "config/spelling.h"

namespace realpeer::importing {

using config::quoted;

namespace {

// Units of GEP-2257, longest first where one begins another.
constexpr std::pair<std::string_view, std::uint64_t> units[] = {
    {"ms", 1}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}};

std::optional<std::uint64_t> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    std::uint32_t count = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failed != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto* unit = std::ranges::find_if(units, [text](const auto& one) { return text.starts_with(one.first); });
    if (unit == std::end(units)) return std::nullopt;
    text.remove_prefix(unit->first.size());
    sum += count * unit->second;
  }
  return sum;
}

}  // namespace

Field Field::operator[](std::string_view key) const {
  const std::string path = path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  if (node_.IsDefined() && node_.IsMap()) {
    for (const auto& entry : node_) {
      if (entry.first.IsScalar() && entry.first.Scalar() == key) return below(entry.first, entry.second);
    }
  } else if (*this) {
    findings_->error(place_, (path_.empty() ? "the manifest" : path_) + ": must be a map");
  }
  return {YAML::Node(YAML::NodeType::Undefined), place_, path, *findings_};
}

Field Field::below(const YAML::Node& key, const YAML::Node& value) const {
  const int line = config::line_of(value.IsScalar() ? value : key);
  const std::string path = path_.empty() ? key.Scalar() : path_ + "." + key.Scalar();
  return {value, {place_.file, line}, path, *findings_};
}

bool Field::is(bool right, std::string_view kind) const {
  if (!*this) return false;
  if (!right) error("must be " + std::string(kind));
  return right;
}

std::string Field::text() const { return is(node_.IsScalar(), "a single value") ? node_.Scalar() : ""; }

std::vector<Field> Field::items() const {
  std::vector<Field> items;
  if (!is(node_.IsSequence(), "a list")) return items;
  for (const YAML::Node& item : node_) {
    items.emplace_back(item, Place{place_.file, config::line_of(item)}, path_, *findings_);
  }
  return items;
}

std::vector<std::pair<std::string, Field>> Field::entries() const {
  std::vector<std::pair<std::string, Field>> entries;
  if (!is(node_.IsMap(), "a map")) return entries;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar()) entries.emplace_back(entry.first.Scalar(), below(entry.first, entry.second));
  }
  return entries;
}

std::vector<std::string> Field::texts() const {
  std::vector<std::string> texts;
  for (const Field& item : items()) texts.push_back(item.text());
  return texts;
}

bool Field::is_true() const {
  const std::string word = text();
  if (!word.empty() && word != "true" && word != "false") error(quoted(word) + " is neither true nor false");
  return word == "true";
}

std::optional<std::uint32_t> Field::number(std::uint32_t least, std::uint32_t most) const {
  const std::string digits = text();
  if (digits.empty()) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed == std::errc{} && end == digits.data() + digits.size() && value >= least && value <= most) return value;
  error(quoted(digits) + " is no number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::uint16_t> Field::port() const {
  const auto value = number(1, 65'535);
  return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
}

std::optional<std::uint64_t> Field::duration() const {
  const std::string written = text();
  if (written.empty()) return std::nullopt;
  const auto parsed = parse_duration(written);
  if (!parsed) error(quoted(written) + " is no duration: write it as in '5s' or '1m30s'");
  return parsed;
}

void Field::pass_over_all_but(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, field] : entries()) {
    if (field && std::ranges::find(keys, key) == keys.end()) field.warn("has no translation, and is left out");
  }
}

}  // namespace realpeer::importing
