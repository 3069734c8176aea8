#include "tls/server_names.h"

#include <algorithm>

namespace realpeer::tls {

std::string normal_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

void ServerNames::add(std::string_view name, std::size_t certificate) {
  certificates_.try_emplace(normal_name(name), certificate);
}

std::optional<std::size_t> ServerNames::find(std::string_view name) const {
  const std::string wanted = normal_name(name);
  if (const auto exact = certificates_.find(wanted); exact != certificates_.end()) return exact->second;
  const auto dot = wanted.find('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  const auto wildcard = certificates_.find("*" + wanted.substr(dot));
  if (wildcard == certificates_.end()) return std::nullopt;
  return wildcard->second;
}

}  // namespace realpeer::tls
