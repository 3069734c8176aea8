#include "reference.h"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "places.h"

namespace realpeer::config {

namespace {

// The cells of a line "| a | b |"; none of a line that is no row.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  if (!line.starts_with("| ") || !line.ends_with(" |")) return cells;
  boost::algorithm::split(cells, line.substr(1, line.size() - 2), boost::is_any_of("|"));
  for (auto& cell : cells) boost::algorithm::trim(cell);
  return cells;
}

// By the heads of the columns.
using Row = std::map<std::string, std::string>;

Row named(const std::vector<std::string>& heads, const std::vector<std::string>& cells) {
  Row row;
  for (std::size_t i = 1; i < heads.size() && i < cells.size(); ++i) row[heads.at(i)] = cells.at(i);
  return row;
}

}  // namespace

std::string reference() {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
  std::ostringstream text;
  text << std::ifstream(root / "docs" / "configuration.md").rdbuf();
  return text.str();
}

std::string complete_example() {
  const std::string text = reference();
  const std::string fence = "```yaml\n";
  const auto heading = text.find("## Complete example");
  const auto begin = text.find(fence, heading);
  if (heading == std::string::npos || begin == std::string::npos) return {};
  const auto end = text.find("```", begin + fence.size());
  return text.substr(begin + fence.size(), end - begin - fence.size());
}

std::vector<std::string> code_in(const std::string& text) {
  std::vector<std::string> parts;
  boost::algorithm::split(parts, text, boost::is_any_of("`"));
  std::vector<std::string> code;
  for (std::size_t i = 1; i < parts.size(); i += 2) code.push_back(parts.at(i));
  return code;
}

std::vector<DocumentedKey> documented_keys() {
  std::vector<DocumentedKey> keys;
  std::vector<std::string> heads;
  std::istringstream text(reference());
  for (std::string line; std::getline(text, line);) {
    const auto cells = cells_of(line);
    if (cells.empty()) {
      if (!line.starts_with("|")) heads.clear();
    } else if (heads.empty()) {
      heads = cells;
    } else if (heads.front() == "key" || heads.front().starts_with("key of ")) {
      const auto place = code_in(heads.front());
      Row row = named(heads, cells);
      for (const auto& key : code_in(cells.front())) {
        keys.push_back({below(place.empty() ? "" : place.front(), key), row["type"], row["default"], row["range"]});
      }
    }
  }
  return keys;
}

}  // namespace realpeer::config
