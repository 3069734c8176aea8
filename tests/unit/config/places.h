// The loader asked what it knows: the places of a configuration, and what the loader says of one that is tampered with.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "config/load.h"

namespace realpeer::config {

// From the root to a node: a key, or an index in a list.
using Steps = std::vector<std::variant<std::string, std::size_t>>;

// Keys are called as the reference calls them: "listeners[].route.sni.NAME.alpn". The root's place is "".
std::string below(const std::string& place, const std::string& key);

// A document whose maps are all there to be asked.
class Places {
 public:
  explicit Places(const std::string& document);

  // The keys that the loader knows at some place, by their whole names.
  [[nodiscard]] std::set<std::string> known() const;
  // Where the document has a key, by its whole name.
  [[nodiscard]] std::vector<Steps> where(const std::string& key) const;

  // The document with the key at these steps removed, or of another value.
  [[nodiscard]] std::string without(const std::vector<Steps>& keys) const;
  [[nodiscard]] std::string with(const std::vector<Steps>& keys, const std::string& yaml) const;

 private:
  void walk(const Steps& steps, const std::string& place);
  void walk_map(const Steps& steps, const std::string& place);
  [[nodiscard]] std::optional<std::set<std::string>> known_at(const Steps& map) const;

  YAML::Node document_;
  std::map<std::string, std::set<std::string>> known_;  // place → keys there
  std::map<std::string, std::vector<Steps>> keys_;      // whole name → where
};

// All that is wrong with a text, in lines.
std::string complaints(const std::string& text);

}  // namespace realpeer::config
