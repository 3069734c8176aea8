#include "config/document.h"

#include <algorithm>
#include <sstream>

#include "config/document_start.h"

namespace realpeer::config {

namespace {

// The line of whatever follows the first document, which YAML::Load() would pass over. YAML::LoadAll() is no way to
// find out: on a stray ',' or ']' it takes empty documents for ever, without moving on.
std::optional<int> line_after_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart start;
  if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return std::nullopt;
  return std::max(start.position().line, 0) + 1;
}

// Wildcards are often written without quotes, and YAML takes them for aliases.
std::string remedy_of(const YAML::Exception& failure) {
  const bool alias = failure.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR || failure.msg == YAML::ErrorMsg::CHAR_IN_ALIAS ||
                     failure.msg == YAML::ErrorMsg::ALIAS_NOT_FOUND;
  return alias ? "mend the syntax here; what begins with '*' needs quotes, as in '*.example.com'"
               : "mend the syntax here";
}

}  // namespace

std::optional<YAML::Node> parse_document(Report& report, const std::string& text, std::string_view needed) {
  try {
    if (const auto line = line_after_document(text)) {
      report.error(*line, "stray text, or a second YAML document, begins here: keep one document, without '---'");
      return std::nullopt;
    }
    YAML::Node document = YAML::Load(text);
    if (!document.IsNull()) return document;
    report.error(1, "the configuration is empty: it needs at least " + std::string(needed));
  } catch (const YAML::Exception& failure) {
    report.error(std::max(failure.mark.line, 0) + 1, "not valid YAML: " + failure.msg + ": " + remedy_of(failure));
  }
  return std::nullopt;
}

}  // namespace realpeer::config
