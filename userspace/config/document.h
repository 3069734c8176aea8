// Text to the one YAML document in it.
#pragma once

#include <optional>
#include <string>

#include "config/reader.h"

namespace realpeer::config {

// Nothing once a problem was recorded: a syntax error, no content, or anything after the first document.
// `needed` is what a file of this kind cannot do without.
std::optional<YAML::Node> parse_document(Report& report, const std::string& text, std::string_view needed);

}  // namespace realpeer::config
