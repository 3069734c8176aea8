#include "config/targets.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::config {

policy::Target TargetReader::backend(const Value& value) const {
  auto name = read_text(*report_, value);
  if (name) require_known(value, *name, {});
  return name;
}

policy::Target TargetReader::backend_or_reject(const Value& value) const {
  auto name = read_text(*report_, value);
  if (!name || *name == words::reject) return std::nullopt;
  require_known(value, *name, words::reject);
  return name;
}

void TargetReader::require_known(const Value& value, const std::string& name, std::string_view other) const {
  const auto& known = backends_->names;
  // No backends at all is an error of its own.
  if (!backends_->complete || known.empty() || std::ranges::find(known, name) != known.end()) return;
  std::vector<std::string_view> names(known.begin(), known.end());
  std::string remedy = ": the known ones are " + listed(names);
  if (!other.empty()) {
    remedy += ", or " + quoted(other);
    names.push_back(other);
  }
  if (const auto meant = nearest(name, names)) remedy = "; did you mean " + quoted(*meant) + "?";
  report_->error(value.line, value.message("there is no backend " + quoted(name) + remedy));
}

}  // namespace realpeer::config
