// The daemon's access log: one JSON object a line.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/wait.h"

namespace realpeer::testing {

class Record {
 public:
  explicit Record(boost::json::object fields) : fields_(std::move(fields)) {}

  // A missing field throws with its name and the record; `text` of null is "".
  [[nodiscard]] std::string text(std::string_view field) const;
  [[nodiscard]] std::uint64_t number(std::string_view field) const;
  [[nodiscard]] bool boolean(std::string_view field) const;
  [[nodiscard]] bool has(std::string_view field) const { return fields_.contains(field); }
  [[nodiscard]] const boost::json::object& fields() const { return fields_; }

 private:
  [[nodiscard]] const boost::json::value& at(std::string_view field) const;

  boost::json::object fields_;
};

std::ostream& operator<<(std::ostream& out, const Record& record);

class AccessLog {
 public:
  explicit AccessLog(std::filesystem::path path) : path_(std::move(path)) {}

  // Every complete line so far; throws on a line that is no JSON object.
  [[nodiscard]] std::vector<Record> records() const;

  // The first record that satisfies the predicate, as soon as it is written; throws with the whole log if none comes.
  Record wait_for_record(const std::function<bool(const Record&)>& predicate, Duration bound = Duration{5'000}) const;

 private:
  std::filesystem::path path_;
};

}  // namespace realpeer::testing
