// What is found out about the manifests, each thing with its place.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace realpeer::importing {

using config::Place;

// error: the manifests contradict themselves, name what is not there, or ask for protection that would be lost.
// warning: something has no translation, or is to be filled in.
class Findings {
 public:
  void error(const Place& place, std::string text) { add(place, config::Severity::error, std::move(text)); }
  void warn(const Place& place, std::string text) { add(place, config::Severity::warning, std::move(text)); }

  [[nodiscard]] const std::vector<config::Diagnostic>& all() const { return all_; }

 private:
  // One thing that several listeners meet with is told once.
  void add(const Place& place, config::Severity severity, std::string text);

  std::vector<config::Diagnostic> all_;
};

}  // namespace realpeer::importing
