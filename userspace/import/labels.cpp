#include "import/labels.h"

#include <algorithm>
#include <array>

#include "config/spelling.h"

namespace realpeer::importing {

namespace {

constexpr std::array<std::string_view, 4> operations{"In", "NotIn", "Exists", "DoesNotExist"};

bool holds(const LabelSelector::Requirement& requirement, const Labels& labels) {
  const auto label = labels.find(requirement.key);
  const bool exists = label != labels.end();
  const bool listed = exists && std::ranges::find(requirement.values, label->second) != requirement.values.end();
  if (requirement.operation == "In") return listed;
  if (requirement.operation == "NotIn") return !listed;
  if (requirement.operation == "Exists") return exists;
  return requirement.operation == "DoesNotExist" && !exists;
}

}  // namespace

bool LabelSelector::matches(const Labels& labels) const {
  const auto equals = [&labels](const auto& wanted) {
    const auto label = labels.find(wanted.first);
    return label != labels.end() && label->second == wanted.second;
  };
  return std::ranges::all_of(equal, equals) &&
         std::ranges::all_of(requirements, [&labels](const Requirement& one) { return holds(one, labels); });
}

LabelSelector read_label_selector(const Field& field) {
  LabelSelector selector;
  for (const auto& [key, value] : field["matchLabels"].entries()) selector.equal[key] = value.text();
  for (const Field& item : field["matchExpressions"].items()) {
    const Field operation = item["operator"];
    if (std::ranges::find(operations, operation.text()) == operations.end()) {
      operation.error(config::quoted(operation.text()) + " is no operator: write " + config::listed(operations));
    }
    selector.requirements.push_back({item["key"].text(), operation.text(), item["values"].texts()});
  }
  return selector;
}

}  // namespace realpeer::importing
