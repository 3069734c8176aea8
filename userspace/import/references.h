// Which things references may reach, and how one that reaches nothing is told of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/manifests.h"

namespace realpeer::importing {

// What routes and policies name: Gateways and routes.
struct Referent {
  std::string kind;
  Name name;
  Labels labels;
  std::vector<std::string> sections;  // listeners of a Gateway, named rules of a route
  Place place;
};
std::vector<Referent> referents_of(const Manifests& manifests);

const Referent* find(const std::vector<Referent>& referents, std::string_view kind, const Name& name);

// "no Gateway 'prod' in namespace 'edge': did you mean 'production'?"
std::string nothing_called(const std::vector<Referent>& referents, const std::string& kind, const Name& name);
// "Gateway 'edge' has no listener 'htps': did you mean 'https'?"
std::string no_section(const Referent& referent, const std::string& section);

struct Reference {
  std::string group;
  std::string kind;
  Name name;
};
// Within a namespace always; into another one by a ReferenceGrant there.
bool permitted(const Manifests& manifests, const Reference& from, const Reference& to);

}  // namespace realpeer::importing
