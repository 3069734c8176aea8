// Typed access to the parsed YAML. Every problem is recorded with its line, and reading goes on.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"
#include "config/scalars.h"
#include "config/schema.h"

namespace realpeer::config {

// What was found wrong with one file.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  void error(int line, std::string text) { diagnostics_.push_back({place(line), Severity::error, std::move(text)}); }

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] Place place(int line) const { return {file_, line}; }
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::string file_;
  std::vector<Diagnostic> diagnostics_;
};

// A value and where it stands. The node is const because assigning one YAML::Node to another changes the document.
struct Value {
  const YAML::Node node;
  int line = 0;      // 1-based; a map's or a list's is its key's
  std::string path;  // what messages call it: "bind", "timeouts.idle"

  [[nodiscard]] std::string message(std::string_view text) const;
};

// The 1-based line of a node.
int line_of(const YAML::Node& node);

// The text of a single value; a list or a map is an error.
std::optional<std::string> read_text(Report& report, const Value& value);

// The items of a list; anything else is an error.
std::vector<Value> read_items(Report& report, const Value& value);

// Reads a single value by one of the parsers of scalars.h. Nothing is returned once a problem was recorded.
template <typename Parse>
auto read_scalar(Report& report, const Value& value, Parse parse)
    -> std::optional<typename decltype(parse(std::string_view()))::value_type> {
  const auto text = read_text(report, value);
  if (!text) return std::nullopt;
  auto parsed = parse(std::string_view(*text));
  if (parsed) return std::move(*parsed);
  report.error(value.line, value.message(parsed.error().text));
  return std::nullopt;
}

// A map of which every key is accounted for: unknown, unavailable, repeated and empty ones are errors on construction.
class MapReader {
 public:
  struct Entry {
    std::string key;
    int line;  // the key's
    Value value;
  };

  // Messages call the map's entries by `prefix` and their key.
  MapReader(Report& report, const Value& map, const Keys& keys, const std::string& prefix = "");
  // A map whose keys are names of the operator's own; `singular` is what one of them is. Messages call the entry of a
  // name "CALLED 'NAME'".
  static MapReader of_names(Report& report, const Value& map, std::string_view singular, std::string_view called);

  [[nodiscard]] const Value* find(std::string_view key) const;
  // The same; absence is an error saying `remedy`.
  [[nodiscard]] const Value* require(std::string_view key, std::string_view remedy) const;

  // The error of an absent key.
  void report_missing(std::string_view key, std::string_view remedy) const;

  // Leaves `target` as it is if the key is absent or its value wrong; says whether it was set.
  template <typename T, typename Parse>
  bool read(std::string_view key, T& target, Parse parse) const {
    const Value* value = find(key);
    if (value == nullptr) return false;
    auto scalar = read_scalar(*report_, *value, parse);
    if (scalar) target = static_cast<T>(std::move(*scalar));
    return scalar.has_value();
  }

  // Whether the key is written, if only misspelt or with a value that could not be taken.
  [[nodiscard]] bool mentions(std::string_view key) const;
  // All keys for which mentions() is true.
  [[nodiscard]] const std::vector<std::string>& mentioned() const { return mentioned_; }
  // False if the value was no map, which is an error already recorded.
  [[nodiscard]] bool is_map() const { return is_map_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  MapReader(Report& report, const Value& map);
  // The keys in order, each once.
  struct Written {
    std::string key;
    int line;
    YAML::Node node;
  };
  std::vector<Written> written_keys(const Value& map, std::string_view singular);
  bool knows(const Written& written, const Keys& keys);
  void take(const Written& written, std::string path);

  Report* report_;
  int line_;
  bool is_map_;
  std::vector<std::string> mentioned_;
  std::vector<Entry> entries_;
};

}  // namespace realpeer::config
