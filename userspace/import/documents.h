// Text to the Kubernetes objects in it.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "config/spelling.h"
#include "import/field.h"

namespace realpeer::importing {

// Of an object within its kind.
struct Name {
  std::string space;  // its namespace
  std::string name;

  bool operator==(const Name&) const = default;
  bool operator<(const Name& other) const { return std::tie(space, name) < std::tie(other.space, other.name); }
};
std::string to_string(const Name& name);  // "default/edge"

struct Meta {
  std::string kind;
  Name name;
  std::string created;  // RFC 3339; empty: not known, and before all that is
  std::map<std::string, std::string> labels;
  Place place;  // of metadata.name

  // What precedes goes before in a conflict: the older one, and of equals the first by name (GEP-713).
  [[nodiscard]] bool precedes(const Meta& other) const {
    return std::tie(created, name) < std::tie(other.created, other.name);
  }
  [[nodiscard]] std::string described() const { return kind + " " + config::quoted(name.name); }
};

struct Object {
  std::string group;
  Meta meta;
  Field root;
};

// The objects of a file with any number of documents, those in a List included. Errors are recorded.
// `space` is the namespace of those that name none.
std::vector<Object> read_objects(const std::string& text, const std::string& file, const std::string& space,
                                 Findings& findings);

}  // namespace realpeer::importing
