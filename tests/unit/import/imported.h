// Manifests imported from text, for tests.
#pragma once

#include <string>
#include <vector>

#include "import/translate.h"

namespace realpeer::importing {

struct Imported {
  std::string text;                 // the configuration; empty: none could be written
  std::vector<std::string> report;  // "LINE: error: TEXT", in the order of lines
};

// `manifests` are a file "m.yaml"; where the report names another place of it, it does so as "m.yaml:LINE".
inline Imported imported(const std::string& manifests, const Options& options = {}) {
  Findings findings;
  const Translation translation =
      translate(read_manifests({{"m.yaml", manifests}}, "default", findings), options, findings);
  config::Loaded sorted{{}, {}, {"m.yaml"}};
  sorted.add(findings.all());
  Imported result;
  if (translation.draft.is_whole()) result.text = write(translation.draft, {});
  for (const config::Diagnostic& diagnostic : sorted.diagnostics) {
    result.report.push_back(diagnostic.to_string().substr(std::string("m.yaml:").size()));
  }
  return result;
}

// What the loader has against it.
inline std::vector<std::string> mistakes(const std::string& configuration) {
  std::vector<std::string> texts;
  for (const config::Diagnostic& diagnostic : config::load_text(configuration, "imported").diagnostics) {
    if (diagnostic.severity == config::Severity::error) texts.push_back(diagnostic.to_string());
  }
  return texts;
}

}  // namespace realpeer::importing
