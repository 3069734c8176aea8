#include "places.h"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <span>

namespace realpeer::config {

namespace {

const std::string unheard_of = "qqqqqqqqqqqq";

// A handle to a part of the same document: assigning to a YAML::Node would change what it stands for.
YAML::Node child(const YAML::Node& node, const std::variant<std::string, std::size_t>& step) {
  if (const auto* key = std::get_if<std::string>(&step)) return node[*key];
  return node[std::get<std::size_t>(step)];
}

YAML::Node descend(const YAML::Node& node, std::span<const std::variant<std::string, std::size_t>> steps) {
  if (steps.empty()) return node;
  return descend(child(node, steps.front()), steps.subspan(1));
}

Steps deeper(Steps steps, std::variant<std::string, std::size_t> step) {
  steps.push_back(std::move(step));
  return steps;
}

}  // namespace

std::string below(const std::string& place, const std::string& key) { return place.empty() ? key : place + "." + key; }

std::string complaints(const std::string& text) {
  std::string all;
  for (const Diagnostic& diagnostic : load_text(text, "tampered").diagnostics) all += diagnostic.to_string() + "\n";
  return all;
}

Places::Places(const std::string& document) : document_(YAML::Load(document)) { walk({}, ""); }

std::set<std::string> Places::known() const {
  std::set<std::string> all;
  for (const auto& [place, keys] : known_) {
    for (const auto& key : keys) all.insert(below(place, key));
  }
  return all;
}

std::vector<Steps> Places::where(const std::string& key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? std::vector<Steps>() : found->second;
}

std::string Places::without(const std::vector<Steps>& keys) const {
  const YAML::Node document = YAML::Clone(document_);
  for (const auto& steps : keys) {
    YAML::Node map = descend(document, std::span(steps).first(steps.size() - 1));
    map.remove(std::get<std::string>(steps.back()));
  }
  return YAML::Dump(document);
}

std::string Places::with(const std::vector<Steps>& keys, const std::string& yaml) const {
  const YAML::Node document = YAML::Clone(document_);
  for (const auto& steps : keys) {
    YAML::Node map = descend(document, std::span(steps).first(steps.size() - 1));
    map[std::get<std::string>(steps.back())] = YAML::Load(yaml);
  }
  return YAML::Dump(document);
}

void Places::walk(const Steps& steps, const std::string& place) {
  const YAML::Node node = descend(document_, steps);
  if (node.IsMap()) return walk_map(steps, place);
  if (!node.IsSequence()) return;
  for (std::size_t i = 0; i < node.size(); ++i) walk(deeper(steps, i), place + "[]");
}

void Places::walk_map(const Steps& steps, const std::string& place) {
  const auto known = known_at(steps);
  if (known) known_[place].insert(known->begin(), known->end());
  for (const auto& entry : descend(document_, steps)) {
    const auto key = entry.first.Scalar();
    const std::string name = below(place, known ? key : "NAME");
    if (known) keys_[name].push_back(deeper(steps, key));
    walk(deeper(steps, key), name);
  }
}

// A key nobody knows makes the loader tell those it does. Nothing of a map whose keys are names.
std::optional<std::set<std::string>> Places::known_at(const Steps& map) const {
  const std::string said = complaints(with({deeper(map, unheard_of)}, "1"));
  const std::string begin = "unknown key '" + unheard_of + "': the keys here are ";
  const auto found = said.find(begin);
  if (found == std::string::npos) return std::nullopt;
  const auto first = found + begin.size();
  const std::string list = said.substr(first, said.find('\n', first) - first);
  std::set<std::string> keys;
  boost::algorithm::split(keys, list, boost::is_any_of(", "), boost::token_compress_on);
  return keys;
}

}  // namespace realpeer::config
