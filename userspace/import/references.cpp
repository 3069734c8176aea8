#include "import/references.h"

#include <algorithm>

#include "config/spelling.h"

namespace realpeer::importing {

using config::quoted;

namespace {

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  if (const auto meant = config::nearest(word, words)) return ": did you mean " + quoted(*meant) + "?";
  return words.empty() ? "" : ": there is " + config::listed(words);
}

}  // namespace

std::vector<Referent> referents_of(const Manifests& manifests) {
  std::vector<Referent> referents;
  for (const Gateway& gateway : manifests.gateways) {
    referents.push_back({"Gateway", gateway.meta.name, gateway.meta.labels, {}, gateway.meta.place});
    for (const auto& listener : gateway.listeners) referents.back().sections.push_back(listener.name);
  }
  for (const Route& route : manifests.routes) {
    referents.push_back({route.meta.kind, route.meta.name, route.meta.labels, {}, route.meta.place});
    for (const RouteRule& rule : route.rules) {
      if (!rule.name.empty()) referents.back().sections.push_back(rule.name);
    }
  }
  return referents;
}

const Referent* find(const std::vector<Referent>& referents, std::string_view kind, const Name& name) {
  const auto found = std::ranges::find_if(
      referents, [&](const Referent& referent) { return referent.kind == kind && referent.name == name; });
  return found == referents.end() ? nullptr : &*found;
}

std::string nothing_called(const std::vector<Referent>& referents, const std::string& kind, const Name& name) {
  std::vector<std::string> here;
  const Referent* elsewhere = nullptr;
  for (const Referent& referent : referents) {
    if (referent.kind != kind) continue;
    if (referent.name.space == name.space) here.push_back(referent.name.name);
    if (referent.name.name == name.name) elsewhere = &referent;
  }
  const std::string text = "no " + kind + " " + quoted(name.name) + " in namespace " + quoted(name.space);
  if (elsewhere == nullptr) return text + suggestion(name.name, here);
  return text + ": there is one in namespace " + quoted(elsewhere->name.space) + ", at " + to_string(elsewhere->place);
}

std::string no_section(const Referent& referent, const std::string& section) {
  return referent.kind + " " + quoted(referent.name.name) + " has no " +
         (referent.kind == "Gateway" ? "listener " : "rule ") + quoted(section) +
         suggestion(section, referent.sections);
}

bool permitted(const Manifests& manifests, const Reference& from, const Reference& to) {
  if (from.name.space == to.name.space) return true;
  return std::ranges::any_of(manifests.grants, [&](const ReferenceGrant& grant) {
    if (grant.meta.name.space != to.name.space) return false;
    const bool comes = std::ranges::any_of(grant.from, [&](const ReferenceGrant::From& one) {
      return one.group == from.group && one.kind == from.kind && one.space == from.name.space;
    });
    return comes && std::ranges::any_of(grant.to, [&](const ReferenceGrant::To& one) {
             return one.group == to.group && one.kind == to.kind && (one.name.empty() || one.name == to.name.name);
           });
  });
}

}  // namespace realpeer::importing
