// A value in a manifest, with its line and the path that messages call it by. Kubernetes takes a key without a value
// for one that is not there, and so does this.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/findings.h"

namespace realpeer::importing {

class Field {
 public:
  Field(const YAML::Node& node, Place place, std::string path, Findings& findings)
      : node_(node), place_(std::move(place)), path_(std::move(path)), findings_(&findings) {}

  // Whether there is a value.
  explicit operator bool() const { return node_.IsDefined() && !node_.IsNull(); }

  // Of a map; a field without a value where the key is not there.
  [[nodiscard]] Field operator[](std::string_view key) const;

  // What is there, but of another kind, is an error; what is not there is empty.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::vector<Field> items() const;
  [[nodiscard]] std::vector<std::pair<std::string, Field>> entries() const;
  [[nodiscard]] std::vector<std::string> texts() const;
  [[nodiscard]] bool is_true() const;
  // A whole number from `least` to `most`; nothing where there is none.
  [[nodiscard]] std::optional<std::uint32_t> number(std::uint32_t least, std::uint32_t most) const;
  [[nodiscard]] std::optional<std::uint16_t> port() const;
  // In milliseconds, of "1h2m3s4ms" (GEP-2257).
  [[nodiscard]] std::optional<std::uint64_t> duration() const;

  // Of a map: a warning for every key but these.
  void pass_over_all_but(std::initializer_list<std::string_view> keys) const;

  void error(const std::string& text) const { findings_->error(place_, path_ + ": " + text); }
  void warn(const std::string& text) const { findings_->warn(place_, path_ + ": " + text); }

  // The same, called by its own name: paths begin at an object, and not at the list it stands in.
  [[nodiscard]] Field rebased() const { return {node_, place_, "", *findings_}; }

  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] Findings& findings() const { return *findings_; }

 private:
  [[nodiscard]] Field below(const YAML::Node& key, const YAML::Node& value) const;
  [[nodiscard]] bool is(bool right, std::string_view kind) const;

  YAML::Node node_;
  Place place_;
  std::string path_;
  Findings* findings_;
};

}  // namespace realpeer::importing
