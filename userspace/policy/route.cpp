#include "policy/route.h"

#include <algorithm>

namespace realpeer::policy {
namespace {

const NameRoute* find_name(const Route& route, std::string_view server_name) {
  const std::string name = normal_name(server_name);
  if (const auto exact = route.names.find(name); exact != route.names.end()) return &exact->second;
  // a.b.example.com: *.b.example.com, then *.example.com, then *.com.
  for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const auto wildcard = route.names.find("*" + name.substr(dot));
    if (wildcard != route.names.end()) return &wildcard->second;
  }
  return nullptr;
}

}  // namespace

std::string normal_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

Choice choose(const Route& route, const Asked& asked) {
  const NameRoute* name = asked.server_name.empty() ? nullptr : find_name(route, asked.server_name);
  if (name == nullptr) return {&route.otherwise};
  for (const std::string& protocol : asked.alpn) {
    const auto found = std::ranges::find(name->alpn, protocol, &AlpnRoute::protocol);
    if (found != name->alpn.end()) return {&found->target, &found->protocol, true, true};
  }
  return {&name->otherwise, nullptr, true, !name->alpn.empty()};
}

std::vector<std::string_view> targets(const Route& route) {
  std::vector<std::string_view> found;
  const auto add = [&found](const Target& target) {
    if (target && std::ranges::find(found, *target) == found.end()) found.push_back(*target);
  };
  for (const auto& [name, to] : route.names) {
    for (const AlpnRoute& alpn : to.alpn) add(alpn.target);
    add(to.otherwise);
  }
  for (const HttpRule& rule : route.http) add(rule.backend);
  add(route.otherwise);
  return found;
}

}  // namespace realpeer::policy
