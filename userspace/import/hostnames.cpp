#include "import/hostnames.h"

#include <algorithm>

#include "policy/route.h"

namespace realpeer::importing {

bool covers(std::string_view pattern, std::string_view name) {
  if (pattern.empty() || pattern == name) return true;
  if (!pattern.starts_with("*.")) return false;
  const std::string_view below = pattern.substr(1);  // ".example.com"
  return name.starts_with("*.") ? name.substr(1).ends_with(below) : name.size() > below.size() && name.ends_with(below);
}

std::optional<std::string> common(std::string_view one, std::string_view other) {
  if (covers(one, other)) return std::string(other);
  if (covers(other, one)) return std::string(one);
  return std::nullopt;
}

std::vector<std::string> names_at(const std::string& listener, const std::vector<std::string>& route) {
  const std::string own = policy::normal_name(listener);
  if (route.empty()) return {own};
  std::vector<std::string> names;
  for (const std::string& name : route) {
    auto both = common(own, policy::normal_name(name));
    if (both && std::ranges::find(names, *both) == names.end()) names.push_back(std::move(*both));
  }
  return names;
}

}  // namespace realpeer::importing
