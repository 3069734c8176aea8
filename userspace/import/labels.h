// Label selectors, as Kubernetes matches them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "import/field.h"

namespace realpeer::importing {

using Labels = std::map<std::string, std::string>;

struct LabelSelector {
  struct Requirement {
    std::string key;
    std::string operation;  // In, NotIn, Exists or DoesNotExist
    std::vector<std::string> values;
  };
  Labels equal{};
  std::vector<Requirement> requirements{};

  [[nodiscard]] bool matches(const Labels& labels) const;
};

// Of the keys matchLabels and matchExpressions.
LabelSelector read_label_selector(const Field& field);

}  // namespace realpeer::importing
