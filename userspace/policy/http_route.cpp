#include "policy/http_route.h"

#include <tuple>

#include "policy/route.h"

namespace realpeer::policy {
namespace {

bool takes_host(std::string_view pattern, std::string_view host) {
  if (pattern.empty() || pattern == host) return true;
  if (!pattern.starts_with("*.")) return false;
  const std::string_view suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

bool takes_path(std::string_view prefix, std::string_view path) {
  if (prefix == "/") return true;
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// What compares greater is the better match.
auto rank(const HttpRule& rule) {
  const bool exact = !rule.host.empty() && !rule.host.starts_with('*');
  return std::tuple(exact, rule.host.size(), rule.path.size());
}

}  // namespace

const HttpRule* choose(const std::vector<HttpRule>& rules, std::string_view host, std::string_view path) {
  const std::string name = normal_name(host);
  const HttpRule* best = nullptr;
  for (const HttpRule& rule : rules) {
    if (!takes_host(rule.host, name) || !takes_path(rule.path, path)) continue;
    if (best == nullptr || rank(rule) > rank(*best)) best = &rule;
  }
  return best;
}

}  // namespace realpeer::policy
