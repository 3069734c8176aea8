// docs/configuration.md, as it stands.
#pragma once

#include <string>
#include <vector>

namespace realpeer::config {

std::string reference();

// The block of YAML below the heading "Complete example"; empty when there is none.
std::string complete_example();

// A row of one of the reference's tables of keys.
struct DocumentedKey {
  std::string key;  // its whole name: "listeners[].tls.min_version"
  std::string type;
  std::string fallback;  // the column `default`
  std::string range;     // empty where the table has no such column
};

// Tables of keys are those whose first column is headed "key", or "key of `PLACE`".
std::vector<DocumentedKey> documented_keys();

// What stands between backquotes, in order.
std::vector<std::string> code_in(const std::string& text);

}  // namespace realpeer::config
