// docs/configuration.md, as it stands.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace realpeer::config {

inline std::string reference() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
  std::ostringstream text;
  text << std::ifstream(root / "docs" / "configuration.md").rdbuf();
  return text.str();
}

// The block of YAML below the heading "Complete example"; empty when there is none.
inline std::string complete_example() {
  const std::string text = reference();
  const std::string fence = "```yaml\n";
  const auto heading = text.find("## Complete example");
  const auto begin = text.find(fence, heading);
  if (heading == std::string::npos || begin == std::string::npos) return {};
  const auto end = text.find("```", begin + fence.size());
  return text.substr(begin + fence.size(), end - begin - fence.size());
}

}  // namespace realpeer::config
