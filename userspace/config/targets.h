// What a route leads to, as it is written.
#pragma once

#include <string>
#include <string_view>

#include "config/reader.h"
#include "config/sections.h"
#include "policy/route.h"

namespace realpeer::config {

class TargetReader {
 public:
  TargetReader(Report& report, const BackendNames& backends) : report_(&report), backends_(&backends) {}

  [[nodiscard]] Report& report() const { return *report_; }

  // A backend's name.
  [[nodiscard]] policy::Target backend(const Value& value) const;
  // A backend's name, or `reject`.
  [[nodiscard]] policy::Target backend_or_reject(const Value& value) const;

 private:
  // `other` is a word that could have been meant as well.
  void require_known(const Value& value, const std::string& name, std::string_view other) const;

  Report* report_;
  const BackendNames* backends_;
};

}  // namespace realpeer::config
