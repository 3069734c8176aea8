#include "config/reader.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::config {

std::string Value::message(std::string_view text) const {
  return path.empty() ? std::string(text) : path + ": " + std::string(text);
}

int line_of(const YAML::Node& node) { return std::max(node.Mark().line, 0) + 1; }

std::optional<std::string> read_text(Report& report, const Value& value) {
  if (value.node.IsScalar()) return value.node.Scalar();
  const std::string_view found = value.node.IsMap() ? "a map" : value.node.IsSequence() ? "a list" : "nothing";
  report.error(value.line, value.message("must be a single value, not " + std::string(found)));
  return std::nullopt;
}

std::vector<Value> read_items(Report& report, const Value& value) {
  std::vector<Value> items;
  if (!value.node.IsSequence()) {
    report.error(value.line, value.message("must be a list: write each item after '- ', or all of them in '[ ]'"));
    return items;
  }
  for (const YAML::Node& item : value.node) items.push_back({item, line_of(item), value.path});
  return items;
}

MapReader::MapReader(Report& report, const Value& map) : report_(&report), line_(map.line), is_map_(map.node.IsMap()) {
  if (!is_map_) report.error(map.line, map.message("must be a map: write 'KEY: VALUE' lines below it, or '{ }'"));
}

MapReader::MapReader(Report& report, const Value& map, const Keys& keys, const std::string& prefix)
    : MapReader(report, map) {
  for (const Written& written : written_keys(map, "key")) {
    if (knows(written, keys)) take(written, prefix + written.key);
  }
}

MapReader MapReader::of_names(Report& report, const Value& map, std::string_view singular, std::string_view called) {
  MapReader reader(report, map);
  for (const Written& written : reader.written_keys(map, singular)) {
    reader.take(written, std::string(called) + " " + quoted(written.key));
  }
  return reader;
}

// yaml-cpp lets a repeated key pass and would answer with one of the two.
std::vector<MapReader::Written> MapReader::written_keys(const Value& map, std::string_view singular) {
  std::vector<Written> keys;
  if (!is_map_) return keys;
  for (const auto& entry : map.node) {
    const YAML::Node& key = entry.first;
    if (!key.IsScalar()) {
      report_->error(line_of(key), map.message("a key must be a single word"));
      continue;
    }
    const auto first = std::ranges::find(keys, key.Scalar(), &Written::key);
    if (first != keys.end()) {
      report_->error(line_of(key), std::string(singular) + " " + quoted(key.Scalar()) + " is written twice, first in " +
                                       "line " + std::to_string(first->line) + ": remove one of the two");
      continue;
    }
    keys.push_back({key.Scalar(), line_of(key), entry.second});
  }
  return keys;
}

bool MapReader::knows(const Written& written, const Keys& keys) {
  if (std::ranges::find(keys.known, written.key) != keys.known.end()) return true;
  if (std::ranges::find(keys.unavailable, written.key) != keys.unavailable.end()) {
    report_->error(written.line, quoted(written.key) + " is not available in this version: remove it");
    return false;
  }
  if (std::ranges::find(keys.of_main, written.key) != keys.of_main.end()) {
    report_->error(written.line, quoted(written.key) + " stands in the main file only: move it there");
    return false;
  }
  const auto meant = nearest(written.key, keys.known);
  if (meant) {
    report_->error(written.line, "unknown key " + quoted(written.key) + "; did you mean " + quoted(*meant) + "?");
    // One mistake, one error: the key that was meant is not missing as well.
    mentioned_.emplace_back(*meant);
  } else {
    report_->error(written.line, "unknown key " + quoted(written.key) + ": the keys here are " + listed(keys.known));
  }
  return false;
}

void MapReader::take(const Written& written, std::string path) {
  mentioned_.push_back(written.key);
  // The mark of nothing is that of whatever comes next.
  const int line = written.node.IsScalar() ? line_of(written.node) : written.line;
  const Value value{written.node, line, std::move(path)};
  if (written.node.IsNull()) {
    report_->error(line, value.message("has no value: give it one, or remove the key"));
    return;
  }
  entries_.push_back({written.key, written.line, value});
}

const Value* MapReader::find(std::string_view key) const {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? nullptr : &found->value;
}

const Value* MapReader::require(std::string_view key, std::string_view remedy) const {
  if (is_map_ && !mentions(key)) report_missing(key, remedy);
  return find(key);
}

void MapReader::report_missing(std::string_view key, std::string_view remedy) const {
  report_->error(line_, quoted(key) + " is missing: " + std::string(remedy));
}

bool MapReader::mentions(std::string_view key) const { return std::ranges::find(mentioned_, key) != mentioned_.end(); }

}  // namespace realpeer::config
