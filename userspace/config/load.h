// YAML to Config. Every problem found is reported, not only the first; nothing is half-applied.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace realpeer::config {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
  Place place;
  Severity severity = Severity::error;
  std::string text;  // what is wrong and the remedy

  [[nodiscard]] std::string to_string() const;  // "FILE:LINE: error: text"
};

struct Loaded {
  Config config;                        // meaningful only when ok()
  std::vector<Diagnostic> diagnostics;  // of the main file first, then of each file, by line
  std::vector<std::string> files{};     // the main one first

  // Puts in among the others what was found out later.
  void add(std::vector<Diagnostic> found);
  [[nodiscard]] bool ok() const;  // no errors; warnings allowed
};

// Reads and validates `path`, then lints it. A file that cannot be read is an error at line 0.
Loaded load_file(const std::string& path);
// The same for text already in memory; `name` stands where the file name would, also for what it includes.
Loaded load_text(const std::string& text, const std::string& name);

}  // namespace realpeer::config
