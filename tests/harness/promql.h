// What is asked of Prometheus, and what it is told: the metrics and labels of queries and of expositions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace realpeer::testing {

// Of one selector: LABEL OPERATION "VALUE", the operation =, !=, =~ or !~.
struct Matcher {
  std::string label;
  std::string operation;
  std::string value;
};

struct Selector {
  std::string metric;
  std::vector<Matcher> matchers;
};

// What a query of PromQL names.
struct Query {
  std::vector<Selector> selectors;
  std::set<std::string> grouped;  // labels of by, on, ignoring, …
};

// Knows as much of the language as the project's own queries use; whether they are right, promtool says.
Query read_query(std::string_view text);

// Samples in the text format: by name, the values of each label. A metric with a type and no samples has no labels.
struct Exposition {
  std::map<std::string, std::map<std::string, std::set<std::string>>> samples;
  std::set<std::string> typed;
};

// Throws on a line that is none.
Exposition read_exposition(const std::string& text);

}  // namespace realpeer::testing
